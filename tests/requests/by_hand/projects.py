"""Projects: employees who report to employees, states, filters, sums per project."""

from stranger import Stranger


def scenario(api: Stranger) -> None:
    boss = api("POST /employees", {"name": "Ada", "job_title": "Head"})
    assert boss["manager_id"] is None
    worker = api("POST /employees", {"name": "Bo", "job_title": "Maker", "manager_id": boss["id"]})
    api("POST /employees", {"name": "Cy", "job_title": "-", "manager_id": 99}, status=422)
    bridge, road = (
        api("POST /projects", {"name": name, "deadline": api.day(90), "budget": "1000.50"})
        for name in ("Bridge", "Road")
    )
    assert bridge["budget"] == "1000.50"
    tasks = [
        api(
            "POST /tasks",
            {
                "title": f"Task {n}",
                "estimate": estimate,
                "project_id": project["id"],
                ASSIGNEE: (worker if n else boss)["id"],
            },
        )
        for n, (project, estimate) in enumerate(((bridge, 3), (bridge, 4), (road, 5)))
    ]
    assert tasks[0]["status"] == "todo"
    sums = api.groups("GET /tasks/total-estimate-by-project")
    assert {int(key): float(value) for key, value in sums.items()} == {
        bridge["id"]: 7.0, road["id"]: 5.0,
    }  # fmt: skip
    one = f"/tasks/{tasks[0]['id']}"
    assert api(f"POST {one}/start", status=200)["status"] == "doing"
    assert api(f"POST {one}/finish", status=200)["status"] == "done"
    assert api.items("GET /tasks", status_is="x") == [task["id"] for task in tasks]
    assert api.items("GET /tasks", **{"project_id": bridge["id"], ASSIGNEE: worker["id"]}) == [
        tasks[1]["id"]
    ]
    api(f"DELETE /projects/{bridge['id']}", status=409)
    api(f"DELETE /employees/{boss['id']}", status=409)


ASSIGNEE = "employee_id"
