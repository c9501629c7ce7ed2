"""Tasks of groups: accounts with roles, owners over ties, enums, an administrator."""

from __future__ import annotations

from codex.common.documents.architecture import Architecture, ErrorType
from codex.common.documents.schema import Constraint, DatabaseTable, EnumType, Index
from tests.architectures.build import (
    EMAIL_TAKEN,
    accounts,
    belongs,
    choice,
    column,
    crud,
    everything,
    own,
    reference,
    service,
    text,
    tied,
)

USERS, ROLES = accounts("member", "admin", columns=(text("name", 100, min_length=1),))
GROUPS = DatabaseTable(
    name="groups",
    model="Group",
    description="People who work together.",
    columns=(text("name", 100), column("archived", "boolean", default=False)),
    relations=(tied("members", "users", "memberships", "group", "user", inverse="groups"),),
    owner="memberships.user_id",
)
MEMBERSHIPS = DatabaseTable(
    name="memberships",
    model="Membership",
    description="That somebody belongs to a group.",
    columns=(
        reference("group"),
        reference("user"),
        choice("level", "Level", default="writer"),
    ),
    relations=(
        belongs("group", "groups", "memberships", on_delete="cascade"),
        belongs("user", "users", "memberships", on_delete="cascade"),
    ),
    constraints=(
        Constraint(
            name="member", kind="unique", columns=("group_id", "user_id"), error="MemberAlready"
        ),
    ),
    owner="group.memberships.user_id",
)
TASKS = DatabaseTable(
    name="tasks",
    model="Task",
    description="Something that a group has to do.",
    columns=(
        text("title", 200, min_length=1),
        column("notes", "text", nullable=True),
        choice("state", "TaskState", default="open"),
        column("due_on", "date", nullable=True, minimum="today"),
        reference("group"),
        reference("assignee", nullable=True),
        reference("parent", nullable=True),
    ),
    relations=(
        belongs("group", "groups", "tasks", on_delete="cascade"),
        belongs("assignee", "users", "tasks", on_delete="set_null"),
        belongs("parent", "tasks", "children", on_delete="cascade"),
    ),
    indexes=(Index(columns=("group_id", "state")),),
    owner="group.memberships.user_id",
)
COMMENTS = DatabaseTable(
    name="comments",
    model="Comment",
    description="What somebody has to say about a task.",
    columns=(
        column("body", "text", min_length=1, max_length=5000),
        reference("task"),
        reference("author", exposure="read"),
    ),
    relations=(
        belongs("task", "tasks", "comments", on_delete="cascade"),
        belongs("author", "users", "comments"),
    ),
    owner="author_id",
)


def architecture() -> Architecture:
    """The Architecture."""
    mine = (own("member"), everything("admin"))
    routes = (
        *crud(USERS, "list", "get", access=(everything("admin"),)),
        *crud(GROUPS, access=mine),
        *crud(MEMBERSHIPS, "create", "list", "delete", access=mine),
        *crud(
            TASKS,
            access=mine,
            filters=("state", "group_id", "assignee_id"),
            ranges=("due_on",),
            search=("title", "notes"),
            sorts=("due_on", "title", "created_at"),
        ),
        *crud(COMMENTS, access=mine),
    )
    return service(
        "tasks",
        "Tasks of groups",
        (USERS, GROUPS, MEMBERSHIPS, TASKS, COMMENTS),
        routes,
        roles=("member", "admin"),
        enums=(
            ROLES,
            EnumType(name="Level", values=("reader", "writer")),
            EnumType(name="TaskState", values=("open", "in progress", "done")),
        ),
        account="users",
        errors=(
            EMAIL_TAKEN,
            ErrorType(
                name="MemberAlready",
                base="Conflict",
                code="member_already",
                title="This person belongs to the group already.",
            ),
        ),
    )
