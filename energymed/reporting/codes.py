"""Codes of the room: the files that a return is made as."""

from energymed.base.codes import Code


class ExportFormat(Code):
    """The kinds of file of a return."""

    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"
    JSON = "json", "JSON"
