"""Pages of a word processor: headings, lists and tables, a marking on every page, the same bytes twice."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planner.errors import BadInput, Issue
from planner.report.clean_text import clean
from planner.report.grid import Cell, Grid
from planner.report.texts import spoken

if TYPE_CHECKING:
    from docx.document import Document
    from docx.text.paragraph import Paragraph

PLACE = "{{paper}}"
"""The paragraph of a template that gives way to the paper; without one the paper follows the template."""
_LOCALES = {"en": "en-GB", "ms": "ms-MY"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FONT, _SIZE, _SMALL = "Arial", 10, 8
_MARGIN_CM = 2.0
_LETTER = 0.52
"""Width of a letter, of its size."""
_WIDEST, _NARROWEST = 40, 10
"""Characters of a text up to which its column grows, and that each text keeps."""


@dataclass(frozen=True)
class Pages:
    """A document being written; ``place`` is the paragraph before which it grows, if any."""

    document: Document
    place: Paragraph | None

    def heading(self, text: str, level: int = 1) -> None:
        paragraph = self._paragraph(clean(text), f"Heading {level}")
        paragraph.paragraph_format.keep_with_next = True

    def title(self, text: str) -> None:
        self._paragraph(clean(text), "Title")

    def text(self, text: str, strong: bool = False, small: bool = False, together: bool = False) -> None:
        """A paragraph, ``together`` with what follows it."""
        from docx.shared import Pt

        paragraph = self._paragraph("")
        paragraph.paragraph_format.keep_with_next = together or None
        run = paragraph.add_run(clean(text))
        run.bold = strong or None
        if small:
            run.font.size = Pt(_SMALL)

    def points(self, lines: Iterable[str]) -> None:
        """A list."""
        for line in lines:
            self._paragraph(clean(line), "List Bullet")

    def table(self, table: Grid, level: int = 2) -> None:
        """A table below its caption, with its note; or what it says where it is empty."""
        if table.caption:
            self.heading(table.caption, level)
        if not table.rows:
            self.text(table.empty)
            return
        self.rows(table.heads, table.rows, table.numeric)
        if table.note:
            self.text(table.note, small=True)

    def rows(
        self,
        heads: Sequence[str],
        rows: Sequence[Sequence[Cell]],
        numeric: Iterable[int] = (),
        together: bool = False,
    ) -> None:
        """A table whose heads stand again on each page, or that stays on one."""
        from docx.enum.text import WD_ALIGN_PARAGRAPH
        from docx.oxml import OxmlElement
        from docx.shared import Pt

        table = self.document.add_table(rows=0, cols=len(heads))
        table.autofit = False
        _borders(table)
        lines = [[Cell(head, strong=True) for head in heads], *rows]
        right = frozenset(numeric)
        widths = _widths(lines, right, _text_width(self.document))
        for column, width in zip(table.columns, widths, strict=True):
            column.width = width
        for number, row in enumerate(lines):
            cells = table.add_row().cells
            properties = table._tbl.tr_lst[-1].get_or_add_trPr()
            properties.append(OxmlElement("w:cantSplit"))
            if number == 0:
                properties.append(OxmlElement("w:tblHeader"))
            for column, (there, cell) in enumerate(zip(cells, row, strict=True)):
                there.width = widths[column]
                paragraph = there.paragraphs[0]
                paragraph.paragraph_format.space_after = Pt(0)
                paragraph.paragraph_format.keep_with_next = together or None
                if column in right:
                    paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
                run = paragraph.add_run(clean(cell.text))
                run.font.size, run.bold = Pt(_SMALL), cell.strong or None
                if cell.below:
                    run.add_break()
                    below = paragraph.add_run(clean(cell.below))
                    below.font.size, below.italic = Pt(_SMALL - 1), True
        self._move(table._tbl)

    def _paragraph(self, text: str, style: str = "Normal") -> Paragraph:
        """A paragraph in a style, or where a template has no such style, in its ordinary one."""
        names = {each.name for each in self.document.styles}
        paragraph = self.document.add_paragraph(text, style if style in names else None)
        if style not in names and style.startswith(("Heading", "Title")):
            for run in paragraph.runs:
                run.bold = True
        self._move(paragraph._p)
        return paragraph

    def _move(self, element: Any) -> None:
        if self.place is not None:
            self.place._p.addprevious(element)


def open_pages(title: str, marking: str, footer: str, decided: datetime, template: Path | None) -> Pages:
    """A new document, or a ministry's own, that bears ``marking`` on every page.

    Raises
    ------
    BadInput
        If the template is no document of this kind.
    """
    import docx

    document = docx.Document() if template is None else _template(template)
    if template is None:
        _own_look(document, clean(footer))
    _say_language(document)
    _mark(document, clean(marking))
    properties = document.core_properties
    properties.title, properties.subject = clean(title)[:255], clean(marking)[:255]
    properties.author = properties.last_modified_by = properties.comments = properties.keywords = ""
    properties.created = properties.modified = decided
    properties.revision, properties.language = 1, _LOCALES[spoken()]
    place = next((p for p in document.paragraphs if p.text.strip() == PLACE), None)
    return Pages(document, place)


def closed(pages: Pages) -> bytes:
    """The document as bytes, the same for the same content: no file in it bears a date of its writing."""
    if pages.place is not None:
        pages.place._p.getparent().remove(pages.place._p)
    written = io.BytesIO()
    pages.document.save(written)
    fixed = io.BytesIO()
    with zipfile.ZipFile(written) as read, zipfile.ZipFile(fixed, "w", zipfile.ZIP_DEFLATED) as write:
        for name in read.namelist():
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            write.writestr(entry, read.read(name))
    return fixed.getvalue()


def _template(path: Path) -> Document:
    import docx
    from docx.opc.exceptions import OpcError

    try:
        return docx.Document(str(path))
    except (OpcError, OSError, ValueError, KeyError, SyntaxError, zipfile.BadZipFile) as error:
        raise BadInput([
            Issue(path.name, 0, "", "", "is not a document that can be read (.docx)",
                  "Save the template as a document (.docx), not as a template with macros (.dotx, .dotm).")
        ]) from error  # fmt: skip


def _say_language(document: Document) -> None:
    """The language of all text, for those who have it read out and for spelling."""
    from docx.oxml.ns import qn

    for language in document.styles.element.iter(qn("w:lang")):
        language.set(qn("w:val"), _LOCALES[spoken()])


def _own_look(document: Document, footer: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(_MARGIN_CM)
    section.top_margin = section.bottom_margin = Cm(_MARGIN_CM)
    for each in document.styles:
        fonts = each.element.find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
        if fonts is not None:
            fonts.attrib.clear()
            for name in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
                fonts.set(qn(name), _FONT)
    document.styles["Normal"].font.name = _FONT
    for name, size, before in (
        ("Normal", _SIZE, 0), ("Title", 18, 0), ("Heading 1", 13, 12), ("Heading 2", 10.5, 8),
        ("List Bullet", _SIZE, 0),
    ):  # fmt: skip
        style: Any = document.styles[name]
        style.font.size = Pt(size)
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), Pt(4)
        if name.startswith(("Heading", "Title")):
            style.font.color.rgb = RGBColor(0x1A, 0x2B, 0x45)
    paragraph = section.footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run(f"{footer} · ").font.size = Pt(_SMALL)
    for field, after in (("PAGE", " / "), ("NUMPAGES", "")):
        _field(paragraph, field)
        paragraph.add_run(after).font.size = Pt(_SMALL)


def _mark(document: Document, marking: str) -> None:
    """The marking above every page of every section, first and even pages with headers of their own too."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.shared import Pt

    if not marking:
        return
    for number, section in enumerate(document.sections):
        headers = [section.header]
        if section.different_first_page_header_footer:
            headers.append(section.first_page_header)
        if document.settings.odd_and_even_pages_header_footer:
            headers.append(section.even_page_header)
        for header in headers:
            if number and header.is_linked_to_previous and header is section.header:
                continue
            first = header.paragraphs[0]
            paragraph = first.insert_paragraph_before() if first.text.strip() else first
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run = paragraph.add_run(marking)
            run.bold, run.font.size = True, Pt(_SIZE)


def _widths(rows: Sequence[Sequence[Cell]], numeric: frozenset[int], whole: int) -> list[Any]:
    """Widths of columns that make the whole: figures have the room they need, texts share the rest."""
    from docx.shared import Emu, Pt

    def need(column: Sequence[Cell], most: int) -> int:
        head, *cells = column
        word = max(map(len, head.text.split()), default=0)
        return max([word, *(min(max(len(c.text), len(c.below)), most) for c in cells)]) + 4

    columns = list(zip(*rows, strict=True))
    letters = whole / (Pt(_SMALL) * _LETTER)
    figures = {i: need(columns[i], 60) for i in numeric}
    texts = {i: need(c, _WIDEST) for i, c in enumerate(columns) if i not in numeric}
    rest = letters - sum(figures.values())
    if texts and rest < _NARROWEST * len(texts):
        figures, rest = {}, letters
        texts = {i: need(c, _WIDEST) for i, c in enumerate(columns)}
    shares = {i: rest * weight / sum(texts.values()) for i, weight in texts.items()} | figures
    return [Emu(int(whole * shares[i] / sum(shares.values()))) for i in range(len(columns))]


def _text_width(document: Document) -> int:
    """Between the margins of the last section, in EMU."""
    section = document.sections[-1]
    width, left, right = section.page_width, section.left_margin, section.right_margin
    return int(width or 0) - int(left or 0) - int(right or 0)


def _borders(table: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for edge in ("top", "bottom", "insideH"):
        line = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", "8A94A3")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _field(paragraph: Paragraph, name: str) -> None:
    """A number that the word processor works out."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Pt

    for kind, text in (("begin", ""), ("", name), ("end", "")):
        run = paragraph.add_run()
        run.font.size = Pt(_SMALL)
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)
