"""What a field holds, told by its name and the words beside it."""

from __future__ import annotations

from codex.builtin.language.wordlists import wordset
from codex.common.documents.specification import FieldType

_LAST: dict[str, FieldType] = {}
for _type, _list in {
    FieldType.DECIMAL: """
        price cost amount fee salary wage total subtotal budget balance revenue income
        discount tax rate payment deposit fare rent charge profit turnover value bill
        premium bonus credit debit tip commission money spend spending fine refund earning
        allowance donation percentage percent vat markup margin""",
    FieldType.INTEGER: """
        count quantity number age year stock capacity size pages page copies floor seats
        seat points point score rank position level stars star rating priority_number
        minutes minute hours hour days day weeks week months month seconds second servings
        serving portions portion calories calorie likes views votes visits mileage
        population attempts order_number floors rooms bedrooms bathrooms beds places
        place_count inventory goals laps kilometers_driven steps step reps sets version
        duration length limit credits ects semester guests passengers persons people quota
        threshold kilometres kilometers miles""",
    FieldType.FLOAT: """
        weight height width depth distance temperature latitude longitude area volume speed
        ratio kilograms grams litres liters humidity pressure altitude radius elevation""",
    FieldType.DATE: """date birthday birthdate deadline dob anniversary expiry""",
    FieldType.DATETIME: "timestamp datetime moment",
    FieldType.TIME: "time",
    FieldType.EMAIL: "email e-mail mail",
    FieldType.URL: "url link website homepage webpage uri site",
    FieldType.LONG_TEXT: """
        description body content text notes note comment summary bio biography instructions
        details message abstract remarks remark story plot explanation answer review
        feedback article markdown synopsis agenda minutes_text directions method steps_text
        comments reason diagnosis""",
    FieldType.FILE: """
        file image photo picture attachment avatar document logo upload scan video audio pdf
        cover_image icon thumbnail""",
    FieldType.BOOLEAN: "flag",
    FieldType.JSON: "json metadata",
}.items():
    for _word in _list.split():
        _LAST.setdefault(_word, _type)

_LAST.update({"coordinates": FieldType.TEXT, "barcode": FieldType.TEXT, "address": FieldType.TEXT})

# Two words that mean another thing than the last alone.
_WHOLE: dict[str, FieldType] = {
    "phone_number": FieldType.TEXT,
    "telephone_number": FieldType.TEXT,
    "number": FieldType.TEXT,
    "serial_number": FieldType.TEXT,
    "license_number": FieldType.TEXT,
    "licence_number": FieldType.TEXT,
    "account_number": FieldType.TEXT,
    "tracking_number": FieldType.TEXT,
    "invoice_number": FieldType.TEXT,
    "order_number": FieldType.TEXT,
    "card_number": FieldType.TEXT,
    "room_number": FieldType.TEXT,
    "flight_number": FieldType.TEXT,
    "registration_number": FieldType.TEXT,
    "passport_number": FieldType.TEXT,
    "student_number": FieldType.TEXT,
    "membership_number": FieldType.TEXT,
    "member_number": FieldType.TEXT,
    "customer_number": FieldType.TEXT,
    "reference_number": FieldType.TEXT,
    "ticket_number": FieldType.TEXT,
    "policy_number": FieldType.TEXT,
    "id_number": FieldType.TEXT,
    "part_number": FieldType.TEXT,
    "model_number": FieldType.TEXT,
    "house_number": FieldType.TEXT,
    "plate_number": FieldType.TEXT,
    "seat_number": FieldType.TEXT,
    "contact_number": FieldType.TEXT,
    "mobile_number": FieldType.TEXT,
    "tax_number": FieldType.TEXT,
    "chip_number": FieldType.TEXT,
    "batch_number": FieldType.TEXT,
    "lot_number": FieldType.TEXT,
    "table_number": FieldType.INTEGER,
    "employee_number": FieldType.TEXT,
    "vin_number": FieldType.TEXT,
    "isbn_number": FieldType.TEXT,
    "start": FieldType.DATETIME,
    "end": FieldType.DATETIME,
    "starts": FieldType.DATETIME,
    "ends": FieldType.DATETIME,
    "due": FieldType.DATE,
    "start_time": FieldType.DATETIME,
    "end_time": FieldType.DATETIME,
    "departure_time": FieldType.DATETIME,
    "arrival_time": FieldType.DATETIME,
    "departure": FieldType.DATETIME,
    "arrival": FieldType.DATETIME,
    "check_in": FieldType.DATE,
    "check_out": FieldType.DATE,
    "preparation_time": FieldType.INTEGER,
    "cooking_time": FieldType.INTEGER,
    "prep_time": FieldType.INTEGER,
    "cook_time": FieldType.INTEGER,
    "opening_hours": FieldType.TEXT,
    "exchange_rate": FieldType.DECIMAL,
    "heart_rate": FieldType.INTEGER,
    "home_page": FieldType.URL,
    "cover_page": FieldType.TEXT,
    "size_name": FieldType.TEXT,
    "shoe_size": FieldType.TEXT,
    "file_size": FieldType.INTEGER,
    "page_count": FieldType.INTEGER,
    "battery_level": FieldType.INTEGER,
    "value": FieldType.TEXT,
    "rate": FieldType.DECIMAL,
    "size": FieldType.TEXT,
    "level": FieldType.TEXT,
    "length": FieldType.FLOAT,
    "duration": FieldType.INTEGER,
    "version": FieldType.TEXT,
    "place": FieldType.TEXT,
    "position": FieldType.TEXT,
    "place_of_birth": FieldType.TEXT,
    "credit_card": FieldType.TEXT,
    "short_url": FieldType.URL,
    "answer": FieldType.TEXT,
    "skill_level": FieldType.TEXT,
    "mail": FieldType.EMAIL,
    "site": FieldType.TEXT,
    "email_address": FieldType.EMAIL,
    "mail_address": FieldType.EMAIL,
    "e_mail": FieldType.EMAIL,
    "e_mail_address": FieldType.EMAIL,
    "web_address": FieldType.URL,
    "web_site": FieldType.URL,
    "point": FieldType.INTEGER,
}

_FLAGS = ("is_", "has_", "can_", "was_", "allows_", "needs_", "should_")
_FLAG_WORDS = wordset(
    """active done completed published archived enabled available verified paid public private
    visible featured favorite favourite urgent approved finished vegetarian vegan gluten_free
    indoor outdoor deleted locked pinned read shipped delivered cancelled canceled closed hidden
    subscribed confirmed refundable returned vaccinated neutered fragile recurring billable
    in_stock sold mandatory organic"""
)

# Words that name a type beside a field: "amount (decimal)", "a name as text", "a date field".
TYPE_WORDS: dict[str, FieldType] = {
    "text": FieldType.TEXT,
    "string": FieldType.TEXT,
    "str": FieldType.TEXT,
    "varchar": FieldType.TEXT,
    "char": FieldType.TEXT,
    "integer": FieldType.INTEGER,
    "int": FieldType.INTEGER,
    "number": FieldType.INTEGER,
    "numeric": FieldType.INTEGER,
    "whole": FieldType.INTEGER,
    "decimal": FieldType.DECIMAL,
    "money": FieldType.DECIMAL,
    "currency": FieldType.DECIMAL,
    "monetary": FieldType.DECIMAL,
    "float": FieldType.FLOAT,
    "double": FieldType.FLOAT,
    "real": FieldType.FLOAT,
    "boolean": FieldType.BOOLEAN,
    "bool": FieldType.BOOLEAN,
    "flag": FieldType.BOOLEAN,
    "yes/no": FieldType.BOOLEAN,
    "true/false": FieldType.BOOLEAN,
    "checkbox": FieldType.BOOLEAN,
    "date": FieldType.DATE,
    "datetime": FieldType.DATETIME,
    "date-time": FieldType.DATETIME,
    "timestamp": FieldType.DATETIME,
    "time": FieldType.TIME,
    "email": FieldType.EMAIL,
    "e-mail": FieldType.EMAIL,
    "url": FieldType.URL,
    "link": FieldType.URL,
    "file": FieldType.FILE,
    "image": FieldType.FILE,
    "json": FieldType.JSON,
    "longtext": FieldType.LONG_TEXT,
    "paragraph": FieldType.LONG_TEXT,
    "line": FieldType.TEXT,
    "percentage": FieldType.DECIMAL,
    "percent": FieldType.DECIMAL,
    "count": FieldType.INTEGER,
}


def field_type(name: str) -> FieldType:
    """The type that a field's name tells; text where it tells nothing."""
    if name in _WHOLE:
        return _WHOLE[name]
    if name.startswith(_FLAGS) or name in _FLAG_WORDS:
        return FieldType.BOOLEAN
    if name.endswith("_at"):
        return FieldType.DATETIME
    if name.endswith(("_on", "_until", "_from", "_by")) and not name.startswith("based"):
        return FieldType.DATE
    parts = name.split("_")
    if parts[0] in {"number", "amount", "total", "count"} and parts[1:2] == ["of"]:
        return FieldType.DECIMAL if parts[0] == "amount" else FieldType.INTEGER
    if "per" in parts[1:]:
        return field_type("_".join(parts[: parts.index("per")]))
    if (
        parts[0] in {"maximum", "minimum", "max", "min", "total", "expected", "planned"}
        and len(parts) > 2
        and parts[1] == "number"
    ):
        return FieldType.INTEGER
    if parts[0] in {"date", "day"} and len(parts) > 1:
        return FieldType.DATE
    if parts[-1] == "number" and len(parts) > 1:
        return FieldType.TEXT
    if parts[-1] in {"name", "title", "code", "type", "id", "key", "status", "kind", "category"}:
        return FieldType.TEXT
    return _LAST.get(parts[-1], FieldType.TEXT)


def is_telling(name: str) -> bool:
    """Whether the name tells a type at all, so that it is a likely field."""
    return name in _WHOLE or name in _FLAG_WORDS or name.rpartition("_")[2] in _LAST
