"""An address as a square code (QR) that a telephone reads from paper."""

import qrcode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage


def code_of(address: str) -> str:
    """The code as an SVG drawing."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=1)
    code.add_data(address)
    return str(code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode"))
