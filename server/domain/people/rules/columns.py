"""What the columns of a list of people may be called, and what their cells may hold. Pure.

Chinese offices merge the company's cell over its people: a row with a name and no company belongs to the company above it.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from server.domain.people.rules.names import folded
from server.domain.people.rules.phones import tidy_phone
from server.errors import BadInput
from server.sheets import Fault, column_letter, is_formula, is_nothing
from server.text import clean_line

Cells = Sequence[str]
"""One row of a sheet, as text."""

HEADER_WITHIN = 10
"""A title and a date may stand above the header, but not more rows than this."""

_REMARK = re.compile(r"[(（].*")
"""What headers add in brackets: 姓名（必填）."""
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*://\S+")


@dataclass(frozen=True, kw_only=True)
class ListedRow:
    """One row of a list: its number in the sheet, what it says, where each field stands, and what is wrong with it."""

    number: int
    values: Mapping[str, str]
    columns: Mapping[str, str]
    faults: tuple[Fault, ...] = ()

    def fault(self, name: str, code: str) -> Fault:
        """Return a fault in this row's cell for the field ``name``."""
        return Fault(column=self.columns.get(name, "A"), field=name, code=code)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column a list may have: the field, the longest text, its names in Chinese and English (the first of each is the template's)."""

    field: str
    most: int
    zh: tuple[str, ...]
    en: tuple[str, ...]
    example: tuple[str, str]
    check: Callable[[str], str | None] = dataclasses.field(default=lambda text: text)


def check_phone(text: str) -> str | None:
    """Return a tidy phone number, None if it cannot be one."""
    return tidy_phone(text)


def check_address(text: str) -> str | None:
    """Return an address for messages (``scheme://…``, or a phone number), None if it cannot be one."""
    return text if _ADDRESS.fullmatch(text) else tidy_phone(text)


def check_language(text: str) -> str | None:
    """Return ``zh`` or ``en``, None for anything else."""
    known = {"zh": "zh", "中文": "zh", "汉语": "zh", "chinese": "zh", "en": "en", "英文": "en", "英语": "en", "english": "en"}
    return known.get(text.casefold())


COLUMNS: tuple[Column, ...] = (
    Column(
        field="tenant_number",
        most=40,
        zh=("租户编号", "公司编号", "企业编号", "单元号", "合同号"),
        en=("Tenant no.", "Tenant number", "Unit", "Contract"),
        example=("A-301", "A-301"),
    ),
    Column(
        field="tenant",
        most=80,
        zh=("公司", "租户", "企业", "单位", "公司名称", "租户名称", "企业名称", "单位名称"),
        en=("Company", "Tenant", "Organisation", "Organization"),
        example=("江南茶业", "江南茶业"),
    ),
    Column(
        field="tenant_en",
        most=80,
        zh=("公司英文名", "租户英文名", "企业英文名"),
        en=("Company in English", "Tenant in English"),
        example=("Jiangnan Tea", "Jiangnan Tea"),
    ),
    Column(field="floor", most=10, zh=("楼层", "层"), en=("Floor", "Level"), example=("3", "3")),
    Column(field="rooms", most=80, zh=("房间", "房号", "室号", "房间号"), en=("Rooms", "Room", "Suite"), example=("301", "301")),
    Column(
        field="name",
        most=60,
        zh=("姓名", "名字", "员工姓名", "联系人"),
        en=("Name", "Host", "Employee", "Full name"),
        example=("曾静怡", "曾静怡"),
    ),
    Column(
        field="name_en", most=60, zh=("英文名", "外文名"), en=("English name", "Name in English"), example=("Jingyi Zeng", "Jingyi Zeng")
    ),
    Column(
        field="number",
        most=40,
        zh=("工号", "员工编号", "员工号"),
        en=("Staff no.", "Staff number", "Employee number", "Employee ID"),
        example=("1024", "1024"),
    ),
    Column(field="title", most=40, zh=("职务", "职位", "头衔", "岗位"), en=("Title", "Position", "Job title"), example=("经理", "Manager")),
    Column(
        field="phone",
        most=40,
        zh=("手机", "电话", "手机号", "手机号码", "联系电话", "电话号码", "分机"),
        en=("Phone", "Mobile", "Telephone", "Cell", "Extension"),
        example=("138 0013 8000", "138 0013 8000"),
        check=check_phone,
    ),
    Column(
        field="message_address",
        most=200,
        zh=("消息地址", "通知地址"),
        en=("Message address", "Notify"),
        example=("", ""),
        check=check_address,
    ),
    Column(field="language", most=10, zh=("语言",), en=("Language",), example=("中文", "Chinese"), check=check_language),
    Column(field="delegate", most=60, zh=("代理人", "代接人", "委托人"), en=("Delegate", "Deputy", "Substitute"), example=("李敏", "李敏")),
)
"""Every column, in the order of the template."""

TENANT_COLUMNS = ("tenant_number", "tenant", "tenant_en", "floor", "rooms")
HOST_FIELDS = ("number", "name", "name_en", "title", "phone", "message_address", "language")

_BY_FIELD = {column.field: column for column in COLUMNS}
_BY_NAME = {folded(name): column.field for column in COLUMNS for name in (*column.zh, *column.en)}


def listed(rows: Iterable[tuple[int, Cells]]) -> tuple[ListedRow, ...]:
    """Return what a sheet lists, given its numbered rows; refuses one without a header (``file_no_header``, field ``file``).

    A header names the company (or its number) and one thing more, within the first ten rows. Columns it does not name are left out.
    """
    remaining = iter(rows)
    header = _header(remaining)
    found: list[ListedRow] = []
    above: dict[str, str] = {}
    for number, cells in remaining:
        row = _read(number, cells, header)
        if not row.values and not row.faults:
            continue
        row, above = _under(row, above)
        found.append(row)
    return tuple(found)


def _header(rows: Iterable[tuple[int, Cells]]) -> dict[int, str]:
    for number, cells in rows:
        header: dict[int, str] = {}
        for index, cell in enumerate(cells):
            name = _BY_NAME.get(folded(_REMARK.sub("", cell)))
            if name is not None and name not in header.values():
                header[index] = name
        if len(header) > 1 and {"tenant", "tenant_number"} & set(header.values()):
            return header
        if number >= HEADER_WITHIN:
            break
    raise BadInput("file_no_header", field="file")


def _read(number: int, cells: Cells, header: Mapping[int, str]) -> ListedRow:
    values: dict[str, str] = {}
    faults: list[Fault] = []
    for index, name in header.items():
        text = cells[index].strip() if index < len(cells) else ""
        if is_nothing(text):
            continue
        try:
            values[name] = check_cell(name, text)
        except BadInput as refusal:
            faults.append(Fault(column=column_letter(index), field=name, code=refusal.code))
    columns = {name: column_letter(index) for index, name in header.items()}
    return ListedRow(number=number, values=values, columns=columns, faults=tuple(faults))


def check_cell(name: str, text: str) -> str:
    """Return the tidy text of a cell; refuses formulas, broken or overlong text, and what the field cannot be (``bad_value``)."""
    column = _BY_FIELD[name]
    is_plus = name in {"phone", "message_address"} and text[:1] == "+"
    if is_formula(text) and not is_plus:
        raise BadInput("formula_text", field=name)
    checked = column.check(clean_line(text, field=name, most=column.most))
    if checked is None:
        raise BadInput("bad_value", field=name)
    return checked


def _under(row: ListedRow, above: dict[str, str]) -> tuple[ListedRow, dict[str, str]]:
    """Return the row under the company above it, if it names none, and the company for the rows below."""
    own = {name: row.values[name] for name in TENANT_COLUMNS if name in row.values}
    named = {"tenant", "tenant_number"} & (own.keys() | {fault.field for fault in row.faults})
    if named:
        return row, own
    values = {**above, **row.values}
    return ListedRow(number=row.number, values=values, columns=row.columns, faults=row.faults), above
