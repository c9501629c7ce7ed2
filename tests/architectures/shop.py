"""A shop: accounts with roles, exact sums, computed fields, a check-then-write rule, payments."""

from __future__ import annotations

from codex.common.documents.architecture import (
    Architecture,
    ErrorType,
    ObjectType,
    Setting,
    TypeField,
)
from codex.common.documents.codegraph import (
    FunctionDefinition,
    FunctionParameter,
    Lock,
    QueryParameter,
    Success,
    SuccessKind,
)
from codex.common.documents.rules import (
    Aggregate,
    AggregateFunction,
    Comparison,
    Condition,
    FieldValue,
    Formula,
    Now,
)
from codex.common.documents.schema import (
    CheckSide,
    CheckTerm,
    ComputedField,
    Constraint,
    DatabaseSchema,
    DatabaseTable,
    EnumType,
    Index,
)
from tests.architectures.build import (
    EMAIL_TAKEN,
    accounts,
    belongs,
    choice,
    column,
    crud,
    everything,
    function,
    integer,
    money,
    own,
    reference,
    service,
    text,
    written,
)

USERS, ROLES = accounts(
    "customer", "clerk", "admin", columns=(text("name", 100), text("phone", 30, nullable=True))
)
PRODUCTS = DatabaseTable(
    name="products",
    model="Product",
    description="Something that the shop sells.",
    columns=(
        text("name", 200, min_length=1, description="What it is called."),
        text("sku", 40, unique=True, error="SkuTaken", description="The number on the shelf."),
        money("price", minimum="0.01", maximum="99999.99"),
        integer("stock", default=0, minimum=0),
        column("active", "boolean", default=True),
        column("weight", "float", nullable=True, minimum=0),
    ),
    constraints=(
        Constraint(
            name="stock",
            kind="check",
            check=(CheckTerm(column="stock", op=Comparison.GE, other=CheckSide(value=0)),),
            error="OutOfStock",
        ),
    ),
    indexes=(Index(columns=("price",)), Index(columns=("name",))),
    computed=(
        ComputedField(
            name="sold",
            type="int",
            description="How many were ordered.",
            rule=Aggregate(function=AggregateFunction.SUM, table="order_items", field="quantity"),
        ),
    ),
)
ORDERS = DatabaseTable(
    name="orders",
    model="Order",
    description="What a customer wants to have.",
    columns=(
        reference("user", exposure="read"),
        choice("state", "OrderState", default="open", exposure="read"),
        column("note", "text", nullable=True, max_length=1000),
        column("placed_at", "datetime", nullable=True, exposure="read"),
        column("deliver_on", "date", nullable=True, minimum="today"),
    ),
    relations=(belongs("user", "users", "orders"),),
    indexes=(Index(columns=("user_id", "state")),),
    owner="user_id",
    computed=(
        ComputedField(
            name="total",
            type="Decimal",
            description="What it costs.",
            rule=Aggregate(
                function=AggregateFunction.SUM,
                table="order_items",
                field="price",
                times="quantity",
            ),
        ),
        ComputedField(
            name="is_late",
            type="bool",
            rule=Formula(
                table="orders",
                operation="all",
                conditions=(
                    Condition(
                        field="deliver_on", op=Comparison.LT, operands=(Now(date_only=True),)
                    ),
                    Condition(field="placed_at", op=Comparison.NOT_NULL),
                ),
            ),
        ),
        ComputedField(
            name="customer",
            type="str",
            rule=Formula(
                table="orders", operation="join", operands=(FieldValue(path="user.name"),)
            ),
        ),
    ),
)
ORDER_ITEMS = DatabaseTable(
    name="order_items",
    model="OrderItem",
    description="How many of a product an order has.",
    columns=(
        reference("order"),
        reference("product"),
        integer("quantity", default=1, minimum=1, maximum=1000),
        money("price", exposure="read", default="0"),
    ),
    relations=(
        belongs("order", "orders", "items", on_delete="cascade"),
        belongs("product", "products", "order_items"),
    ),
    constraints=(
        Constraint(
            name="product",
            kind="unique",
            columns=("order_id", "product_id"),
            error="OrderedAlready",
        ),
    ),
    owner="order.user_id",
)
PAYMENTS = DatabaseTable(
    name="payments",
    model="Payment",
    columns=(
        reference("order", unique=True, error="PaidAlready"),
        money("amount", exclusive_minimum=True, minimum=0),
        column("details", "json", default={}),
    ),
    relations=(belongs("order", "orders", "payment", cardinality="one_to_one"),),
    owner="order.user_id",
)

TYPES = (
    ObjectType(
        name="CardPayment",
        description="Paid by card.",
        fields=(
            TypeField(name="kind", type='Literal["card"]'),
            TypeField(name="number", type="str", min_length=12, max_length=19),
        ),
    ),
    ObjectType(
        name="TransferPayment",
        description="Paid by bank transfer.",
        fields=(
            TypeField(name="kind", type='Literal["transfer"]'),
            TypeField(name="iban", type="str", min_length=15, max_length=34),
            TypeField(name="on", type="date | None", optional=True),
        ),
    ),
    ObjectType(
        name="PaymentChoice",
        description="How somebody pays.",
        variants=("CardPayment", "TransferPayment"),
        discriminator="kind",
    ),
    ObjectType(
        name="Bill",
        description="What an order comes to.",
        fields=(
            TypeField(name="order_id", type="int"),
            TypeField(name="lines", type="list[BillLine]"),
            TypeField(name="total", type="Decimal", description="With everything."),
        ),
    ),
    ObjectType(
        name="BillLine",
        fields=(
            TypeField(name="product", type="str"),
            TypeField(name="quantity", type="int"),
            TypeField(name="amount", type="Decimal"),
        ),
    ),
)
ERRORS = (
    EMAIL_TAKEN,
    ErrorType(name="SkuTaken", base="Conflict", code="sku_taken", title="This number is taken."),
    ErrorType(name="OutOfStock", base="Conflict", code="out_of_stock", title="Not enough is left."),
    ErrorType(
        name="OrderedAlready",
        base="Conflict",
        code="ordered_already",
        title="The order has this product already.",
    ),
    ErrorType(name="PaidAlready", base="Conflict", code="paid_already", title="It is paid."),
    ErrorType(
        name="NotOpen", base="Conflict", code="not_open", title="The order is not open any more."
    ),
    ErrorType(
        name="TooManyOrders",
        base="Conflict",
        code="too_many_orders",
        title="A customer has so many placed orders at most.",
    ),
)


def architecture() -> Architecture:
    """The Architecture."""
    mine = (own("customer"), everything("clerk"), everything("admin"))
    staff = (everything("clerk"), everything("admin"))
    tables = (USERS, PRODUCTS, ORDERS, ORDER_ITEMS, PAYMENTS)
    enums = (ROLES, EnumType(name="OrderState", values=("open", "placed", "paid", "cancelled")))
    database = DatabaseSchema(
        tables=tables, enums=tuple(enum for enum in enums if enum), account="users"
    )
    place = function(
        {
            "function_name": "place_order",
            "module": "orders",
            "method": "POST",
            "path": "/orders/{order_id}/place",
            "access": (own("customer"), everything("admin")),
            "response": "OrderRead",
            "raises": ("NotOpen", "TooManyOrders", "OutOfStock"),
            "locks": (Lock(table="users", by="user.id"), Lock(table="orders", by="order_id")),
        },
        database,
        "Places an open order: takes its products from stock; at most placed_limit at a time.",
        "{signature}\n    order = get_or_404(session, Order, order_id)\n"
        "    check_order_limit(user, settings, session)\n    take_from_stock(order, session)\n"
        "    return order\n",
        context=("session", "user", "now", "settings"),
        calls=("check_order_limit", "take_from_stock"),
        raises=("NotOpen",),
        reads=("orders",),
        writes=("orders",),
        stubs=(
            FunctionDefinition(
                name="check_order_limit",
                description="Refuses when the user has placed_limit placed orders already.",
                parameters=(
                    FunctionParameter(name="user", type="User"),
                    FunctionParameter(name="settings", type="Settings"),
                    FunctionParameter(name="session", type="Session"),
                ),
                raises=("TooManyOrders",),
                settings=("placed_limit",),
                reads=("orders",),
            ),
            FunctionDefinition(
                name="take_from_stock",
                description="Takes the order's products from stock.",
                parameters=(
                    FunctionParameter(name="order", type="Order"),
                    FunctionParameter(name="session", type="Session"),
                ),
                raises=("OutOfStock",),
                reads=("order_items",),
                writes=("products",),
            ),
        ),
    )
    # The stubs as the template has to show them.
    template = (
        place.template
        + "\n\ndef check_order_limit(user: User, settings: Settings, session: Session) -> None:\n"
        '    """Refuses when the user has placed_limit placed orders already."""\n    ...\n'
        "\n\ndef take_from_stock(order: Order, session: Session) -> None:\n"
        '    """Takes the order\'s products from stock."""\n    ...\n'
        if place.template
        else ""
    )
    place = place.model_copy(update={"template": template})
    routes = (
        *crud(USERS, "list", "get", access=(own("customer"), everything("admin"))),
        *crud(PRODUCTS, "create", "update", "delete", access=staff),
        *crud(
            PRODUCTS,
            "list",
            "get",
            access=(everything("public"),),
            filters=("active", "sku"),
            ranges=("price", "stock"),
            search=("name",),
            sorts=("price", "name", "created_at"),
        ),
        *crud(
            ORDERS,
            access=mine,
            filters=("state",),
            ranges=("placed_at", "deliver_on"),
            sorts=("placed_at", "created_at"),
            default_sort="-created_at",
        ),
        *crud(ORDER_ITEMS, access=mine),
        *crud(
            ORDER_ITEMS,
            "list",
            "create",
            access=mine,
            parent=("order", "/orders/{order_id}"),
            module="orders",
        ),
        place,
        function(
            {
                "function_name": "pay_order",
                "module": "orders",
                "method": "POST",
                "path": "/orders/{order_id}/payment",
                "access": (own("customer"),),
                "request": "PaymentChoice",
                "response": "PaymentRead",
                "success": Success(status=201),
                "raises": ("PaidAlready",),
            },
            database,
            "Pays an order in full.",
            "{signature}\n    ...\n",
            context=("session", "now"),
            writes=("payments", "orders"),
            reads=("orders", "order_items"),
        ),
        function(
            {
                "function_name": "bill_order",
                "module": "orders",
                "method": "GET",
                "path": "/orders/{order_id}/bill",
                "access": mine,
                "response": "Bill",
            },
            database,
            "The order's bill, line by line.",
            "{signature}\n    ...\n",
            reads=("orders", "order_items", "products"),
        ),
        function(
            {
                "function_name": "total_turnover",
                "module": "figures",
                "method": "GET",
                "path": "/figures/turnover",
                "access": staff,
                "response": "Value[Decimal]",
            },
            database,
            "The sum of all payments.",
            "{signature}\n    ...\n",
            reads=("payments",),
        ),
        function(
            {
                "function_name": "top_products",
                "module": "figures",
                "method": "GET",
                "path": "/figures/top-products",
                "access": staff,
                "response": "Groups[str, int]",
                "parameters": (QueryParameter(name="most", type="int", default="10"),),
            },
            database,
            "The products that were ordered most, with how many.",
            "{signature}\n    ...\n",
            reads=("order_items", "products"),
        ),
        function(
            {
                "function_name": "find_large_orders",
                "module": "figures",
                "method": "GET",
                "path": "/figures/large-orders",
                "access": staff,
                "response": "Page[OrderRead]",
                "parameters": (QueryParameter(name="least", type="int", default="2"),),
            },
            database,
            "Orders of at least so many pieces.",
            "{signature}\n    ...\n",
            reads=("orders", "order_items"),
        ),
        function(
            {
                "function_name": "price_list",
                "module": "figures",
                "method": "GET",
                "path": "/figures/price-list",
                "access": (everything("public"),),
                "success": Success(kind=SuccessKind.TEXT, media_type="text/csv"),
            },
            database,
            "Every active product with its price, as CSV.",
            "{signature}\n    ...\n",
            reads=("products",),
        ),
        function(
            {
                "function_name": "cancel_order",
                "module": "orders",
                "method": "POST",
                "path": "/orders/{order_id}/cancel",
                "access": (own("customer"), everything("clerk")),
                "success": Success(status=204, kind=SuccessKind.EMPTY),
                "raises": ("NotOpen",),
                "locks": (Lock(table="orders", by="order_id"),),
            },
            database,
            "Cancels an order that is not paid.",
            "{signature}\n    ...\n",
            raises=("NotOpen",),
            writes=("orders",),
        ),
    )
    return service(
        "shop",
        "A shop",
        tables,
        routes,
        roles=("customer", "clerk", "admin"),
        enums=enums,
        account="users",
        errors=ERRORS,
        types=TYPES,
        settings=(
            Setting(name="placed_limit", default=3, description="Placed orders of one customer."),
        ),
    )


FUNCTIONS = written(
    place_order="""
        from app.errors import NotOpen
        from app.models import Order, OrderState, User
        from app.database import get_or_404

        def place_order(
            order_id: int, *, session: Session, user: User, now: datetime, settings: Settings
        ) -> Order:
            order = get_or_404(session, Order, order_id)
            if order.state is not OrderState.OPEN:
                raise NotOpen()
            check_order_limit(user, settings, session)
            take_from_stock(order, session)
            order.state = OrderState.PLACED
            order.placed_at = now
            session.add(order)
            return order
    """,
    check_order_limit="""
        def check_order_limit(user: User, settings: Settings, session: Session) -> None:
            placed = session.exec(
                select(func.count())
                .select_from(Order)
                .where(Order.user_id == user.id, Order.state == OrderState.PLACED)
            ).one()
            if placed >= settings.placed_limit:
                raise TooManyOrders()
    """,
    take_from_stock="""
        def take_from_stock(order: Order, session: Session) -> None:
            items = session.exec(
                select(OrderItem)
                .where(OrderItem.order_id == order.id)
                .order_by(col(OrderItem.product_id))
            ).all()
            for item in items:
                product = lock(session, Product, item.product_id)
                if product.stock < item.quantity:
                    raise OutOfStock()
                product.stock -= item.quantity
                item.price = product.price
                session.add(product)
                session.add(item)
    """,
    pay_order="""
        def pay_order(
            order_id: int, body: PaymentChoice, *, session: Session, now: datetime
        ) -> Payment:
            order = get_or_404(session, Order, order_id)
            total = sum((item.price * item.quantity for item in order.items), Decimal(0))
            payment = Payment(
                order_id=order.id,
                amount=total,
                details={"kind": body.kind, "on": now.date().isoformat()},
            )
            session.add(payment)
            order.state = OrderState.PAID
            session.add(order)
            return payment
    """,
    bill_order="""
        def bill_order(order_id: int, *, session: Session) -> Bill:
            order = get_or_404(session, Order, order_id)
            lines = [
                BillLine(
                    product=item.product.name,
                    quantity=item.quantity,
                    amount=item.price * item.quantity,
                )
                for item in order.items
            ]
            total = sum((line.amount for line in lines), Decimal(0))
            return Bill(order_id=order.id, lines=lines, total=total)
    """,
    total_turnover="""
        def total_turnover(*, session: Session) -> Decimal:
            total = session.exec(select(func.sum(Payment.amount))).one()
            return total or Decimal("0.00")
    """,
    top_products="""
        def top_products(most: int = 10, *, session: Session) -> list[tuple[str, int]]:
            pieces = func.sum(OrderItem.quantity)
            rows = session.exec(
                select(Product.name, pieces)
                .join(OrderItem, col(OrderItem.product_id) == Product.id)
                .group_by(col(Product.id), col(Product.name))
                .order_by(pieces.desc(), col(Product.id))
                .limit(most)
            ).all()
            return [(name, int(count)) for name, count in rows]
    """,
    find_large_orders="""
        def find_large_orders(least: int = 2, *, session: Session) -> Select[Order]:
            large = (
                select(OrderItem.order_id)
                .group_by(col(OrderItem.order_id))
                .having(func.sum(OrderItem.quantity) >= least)
            )
            return select(Order).where(col(Order.id).in_(large)).order_by(col(Order.id))
    """,
    price_list="""
        import csv
        import io

        def price_list(*, session: Session) -> str:
            out = io.StringIO()
            writer = csv.writer(out)
            writer.writerow(["sku", "name", "price"])
            products = session.exec(
                select(Product).where(col(Product.active).is_(True)).order_by(col(Product.sku))
            )
            for product in products:
                writer.writerow([product.sku, product.name, product.price])
            return out.getvalue()
    """,
    cancel_order="""
        def cancel_order(order_id: int, *, session: Session) -> None:
            order = get_or_404(session, Order, order_id)
            if order.state not in (OrderState.OPEN, OrderState.PLACED):
                raise NotOpen()
            order.state = OrderState.CANCELLED
            session.add(order)
    """,
)
