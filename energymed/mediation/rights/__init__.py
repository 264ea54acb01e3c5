"""What a household may have a right to besides the cheque, worked out while the person listens."""
