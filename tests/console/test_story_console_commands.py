"""A life lived by pasting: each command that the console offers does what its button would do.

Dialogs are filled in and cancelled; what was copied from them goes into a shell as it is, and the
effect is asked of ECS. A command that no test here pastes is missed by the last one.
"""

import re
from typing import Any

import pytest
from balancers import make_balancer, make_classic, make_group
from console_page import ConsolePage
from house import CLUSTER, REFUSED, House
from pasting import COPY, PASTED, Clerk, pastes, places
from playwright.sync_api import expect
from rollouts import create_paused, until_it_waits, until_latest

SHOP = "shop"
COUNT = 2
IDLE = "idle"
STAGED = "staged"
QUOTED = """it's "broken" $HOME"""
WORDS = f"{QUOTED} `date` \\n !\nand more\t" + "\u00fc \u2713"
ADDRESS = "https://127.0.0.1/tickets/7"
"""An AWS CLI of version 1 reads from it when it is given as an option."""
NEXT_REGION = "eu-west-1"


@pytest.fixture
def clerk(console: ConsolePage, house: House) -> Clerk:
    return Clerk(console, house)


@pytest.fixture(scope="module")
def shop(house: House) -> str:
    """A service of two tasks."""
    house.register(SHOP)
    house.create_service(SHOP, f"{SHOP}:1", COUNT)
    return SHOP


@pytest.fixture(scope="module")
def idle(house: House) -> str:
    """A service without tasks, that went from revision 1 to 2: it is soon where it should be."""
    for greeting in ("one", "two"):
        house.register(IDLE, greeting)
    house.ecs.create_service(serviceName=IDLE, taskDefinition=f"{IDLE}:1", desiredCount=0)
    until_latest(house, IDLE, "SUCCESSFUL")
    house.ecs.update_service(service=IDLE, taskDefinition=f"{IDLE}:2")
    until_latest(house, IDLE, "SUCCESSFUL")
    return IDLE


@pytest.fixture(scope="module")
def staged(house: House) -> str:
    """A service whose every deployment waits for a word; the first one got it."""
    house.register(STAGED)
    create_paused(house, STAGED, f"{STAGED}:1", 0)
    return STAGED


def service_of(house: House, name: str, cluster: str = CLUSTER) -> dict[str, Any]:
    return dict(house.ecs.describe_services(cluster=cluster, services=[name])["services"][0])


def revision_of(house: House, name: str) -> str:
    return str(service_of(house, name)["taskDefinition"]).rpartition("/")[2]


def instance_of(house: House, service: str) -> str:
    """A container instance with a task of the service."""
    return str(house.running_tasks_of(service, COUNT)[0]["containerInstanceArn"])


def id_of(arn: str) -> str:
    return arn.rpartition("/")[2]


# --- task definitions ---


@pastes("pages/taskDefinitions/FamiliesPage.tsx")
def test_an_example_is_registered(house: House, clerk: Clerk) -> None:
    clerk.open("/task-definitions", "Task definitions")
    (answer,) = clerk.paste(clerk.of_page())
    assert answer["taskDefinition"]["status"] == "ACTIVE"
    assert house.ecs.list_task_definition_families()["families"] == ["web"]


@pastes("pages/taskDefinitions/CreatePage.tsx")
def test_a_revision_is_registered_with_every_word_as_it_was(house: House, clerk: Clerk) -> None:
    house.register("words", WORDS)
    clerk.open("/create-task-definition?from=words:1", "Create new revision of words")
    clerk.paste(clerk.of_page())
    one, two = (
        house.ecs.describe_task_definition(taskDefinition=f"words:{revision}")["taskDefinition"]
        for revision in (1, 2)
    )
    assert two["containerDefinitions"] == one["containerDefinitions"]
    assert two["containerDefinitions"][0]["environment"][0]["value"] == WORDS


@pastes("pages/taskDefinitions/actions/BatchDialog.tsx")
def test_revisions_are_deregistered_and_deleted(house: House, clerk: Clerk) -> None:
    clerk.console.expect_error("status of 400")  # it describes those that are gone
    for greeting in ("one", "two", "three"):
        house.register("past", greeting)
    for action, status, after in (
        ("Deregister", "ACTIVE", "INACTIVE"),
        ("Delete", "INACTIVE", "DELETE_IN_PROGRESS"),
    ):
        clerk.open(f"/task-definitions/past?status={status}", "Task definition : past")
        clerk.select("Revisions", "past:1", "past:2")
        clerk.choose(action)
        clerk.paste(clerk.offered())
        assert {status_of(house, f"past:{revision}") for revision in (1, 2)} <= {after, None}
        expect(clerk.console.row("Revisions", "past:1")).to_have_count(0)
        assert status_of(house, "past:3") == "ACTIVE"


def status_of(house: House, definition: str) -> str | None:
    """Of a revision; none once it is deleted for good."""
    try:
        found = house.ecs.describe_task_definition(taskDefinition=definition)
    except house.ecs.exceptions.ClientException:
        return None
    return str(found["taskDefinition"]["status"])


@pastes("pages/taskDefinitions/actions/UpdateServiceDialog.tsx")
def test_a_service_is_updated_to_a_revision(idle: str, house: House, clerk: Clerk) -> None:
    wanted = house.register(IDLE, "three")
    clerk.open(f"/task-definitions/{IDLE}/{wanted.partition(':')[2]}", wanted)
    clerk.choose("Update service")
    clerk.paste(clerk.offered())
    assert revision_of(house, IDLE) == wanted
    until_latest(house, IDLE, "SUCCESSFUL")


# --- clusters ---


@pastes("pages/clusters/CreateClusterDialog.tsx")
def test_a_cluster_is_created(house: House, clerk: Clerk) -> None:
    clerk.open("/clusters", "Clusters")
    clerk.press("Create cluster")
    expect(clerk.dialog.get_by_role("button", name=COPY)).to_be_disabled()
    clerk.console.screenshot("command-not-yet")
    clerk.dialog.get_by_label("Cluster name").fill("elsewhere")
    clerk.dialog.get_by_role("button", name="Add tag").click()
    clerk.dialog.get_by_placeholder("stack").fill("-team")
    clerk.dialog.get_by_placeholder("prod", exact=True).fill("a b = c/d")
    clerk.paste(clerk.offered())
    found = house.ecs.describe_clusters(clusters=["elsewhere"], include=["TAGS"])["clusters"][0]
    assert found["tags"] == [{"key": "-team", "value": "a b = c/d"}]


def test_a_cluster_is_created_in_the_region_that_is_shown(house: House, clerk: Clerk) -> None:
    page = clerk.page
    page.goto(clerk.console.url("/clusters").replace(clerk.console.region, NEXT_REGION))
    clerk.press("Create cluster")
    clerk.dialog.get_by_label("Cluster name").fill("abroad")
    (answer,) = clerk.paste(clerk.offered())
    assert f":{NEXT_REGION}:" in answer["cluster"]["clusterArn"]
    assert house.ecs.describe_clusters(clusters=["abroad"])["clusters"] == []


@pastes("widgets/Tags.tsx")
def test_tags_are_removed_and_put(house: House, clerk: Clerk) -> None:
    arn = house.ecs.create_cluster(clusterName="tagged")["cluster"]["clusterArn"]
    before = [{"key": f"-tag {number}", "value": ""} for number in range(50)]
    house.ecs.tag_resource(resourceArn=arn, tags=before)
    clerk.open("/clusters/tagged/tags", "Cluster : tagged")
    clerk.press("Manage tags")
    removed = clerk.dialog.get_by_placeholder("stack").first.input_value()
    clerk.dialog.get_by_role("button", name="Remove tag").first.click()
    clerk.dialog.get_by_role("button", name="Add tag").click()
    clerk.dialog.get_by_placeholder("stack").last.fill("team")
    clerk.paste(clerk.offered())
    tags = house.ecs.list_tags_for_resource(resourceArn=arn)["tags"]
    keys = {one["key"] for one in [*before, {"key": "team"}]} - {removed}
    assert {one["key"] for one in tags} == keys


@pastes("pages/clusters/DeleteClusterDialog.tsx")
def test_a_cluster_is_deleted(house: House, clerk: Clerk) -> None:
    house.ecs.create_cluster(clusterName="gone")
    clerk.open("/clusters/gone/overview", "Cluster : gone")
    clerk.press("Delete cluster")
    clerk.paste(clerk.offered())
    assert house.ecs.describe_clusters(clusters=["gone"])["clusters"][0]["status"] == "INACTIVE"


# --- tasks ---


@pastes("pages/tasks/run/RunTaskPage.tsx")
def test_a_task_is_run(shop: str, house: House, clerk: Clerk) -> None:
    clerk.open("~/run-task?taskDefinition=shop:1", "Run task")
    page = clerk.page
    page.get_by_label("Started by – optional").fill("-me")
    page.get_by_role("button", name="web", exact=True).click()
    page.get_by_role("button", name="Add variable").click()
    page.get_by_role("textbox", name="Variable", exact=True).fill("GREETING")
    page.get_by_role("textbox", name="Value", exact=True).fill(QUOTED)
    (answer,) = clerk.paste(clerk.of_page())
    task = house.task(answer["tasks"][0]["taskArn"])
    assert task["startedBy"] == "-me"
    (web,) = task["overrides"]["containerOverrides"]
    assert web["environment"] == [{"name": "GREETING", "value": QUOTED}]
    house.ecs.stop_task(task=task["taskArn"])


@pastes("pages/tasks/StopDialog.tsx")
@pytest.mark.parametrize("reason", ["", QUOTED, ADDRESS, "--late"])
def test_a_task_is_stopped_for_a_reason(reason: str, shop: str, house: House, clerk: Clerk) -> None:
    task = house.ecs.run_task(taskDefinition=f"{SHOP}:1")["tasks"][0]["taskArn"]
    clerk.open(f"~/tasks/{id_of(task)}", id_of(task))
    clerk.press("Stop")
    clerk.dialog.get_by_label("Reason – optional").fill(reason)
    clerk.paste(clerk.offered())
    stopped = house.task(task)
    assert stopped["desiredStatus"] == "STOPPED"
    assert stopped["stoppedReason"] == (reason or "Task stopped by user")


@pastes("pages/tasks/task/ProtectionDialog.tsx")
def test_a_task_is_protected_and_not_any_more(shop: str, house: House, clerk: Clerk) -> None:
    task = house.running_tasks_of(SHOP, COUNT)[0]["taskArn"]
    for action, is_protected in (("Protect", True), ("End protection", False)):
        clerk.open(f"~/tasks/{id_of(task)}", id_of(task))
        clerk.press(action)
        clerk.paste(clerk.offered())
        found = house.ecs.get_task_protection(cluster=CLUSTER, tasks=[task])["protectedTasks"][0]
        assert found["protectionEnabled"] == is_protected
        assert ("expirationDate" in found) == is_protected


# --- services ---


@pastes("pages/services/ServicesTab.tsx")
def test_an_example_of_a_service_is_created(house: House, clerk: Clerk) -> None:
    house.register("web")
    house.ecs.create_cluster(clusterName="empty")
    clerk.open("/clusters/empty/services", "Cluster : empty")
    clerk.paste(clerk.of_tab())
    assert service_of(house, "web", "empty")["desiredCount"] == 1


@pastes("pages/services/form/CreateServicePage.tsx")
def test_a_service_is_created(shop: str, house: House, clerk: Clerk) -> None:
    clerk.open("~/create-service?taskDefinition=shop:1", "Create service")
    clerk.page.get_by_label("Service name").fill("made")
    clerk.page.get_by_label("Desired tasks").fill("0")
    clerk.paste(clerk.of_page())
    made = service_of(house, "made")
    assert (made["status"], made["desiredCount"]) == ("ACTIVE", 0)


@pastes("pages/services/actions/ScaleDialog.tsx")
def test_a_service_is_scaled(idle: str, house: House, clerk: Clerk) -> None:
    house.ecs.create_service(serviceName="small", taskDefinition=f"{IDLE}:1", desiredCount=1)
    clerk.open("~/services/small/health", "Service : small")
    clerk.press("Scale")
    clerk.dialog.get_by_label("Desired tasks").fill("0")
    clerk.paste(clerk.offered())
    assert service_of(house, "small")["desiredCount"] == 0


@pastes("pages/services/form/UpdateDialog.tsx")
def test_a_service_is_updated(idle: str, house: House, clerk: Clerk) -> None:
    clerk.open(f"~/services/{IDLE}/update", f"Update {IDLE}")
    clerk.page.get_by_label("Maximum percent").fill("150")
    clerk.press("Review and update")
    clerk.paste(clerk.offered())
    configuration = service_of(house, IDLE)["deploymentConfiguration"]
    assert configuration["maximumPercent"] == 150
    assert configuration["minimumHealthyPercent"] == 100


@pastes("pages/services/actions/ForceDeploymentDialog.tsx")
def test_a_deployment_is_forced(idle: str, house: House, clerk: Clerk) -> None:
    before = service_of(house, IDLE)["deployments"][0]["id"]
    clerk.open(f"~/services/{IDLE}/health", f"Service : {IDLE}")
    clerk.choose("Force new deployment")
    clerk.paste(clerk.offered())
    assert service_of(house, IDLE)["deployments"][0]["id"] != before
    until_latest(house, IDLE, "SUCCESSFUL")


@pastes("pages/services/actions/RollBackDialog.tsx")
def test_a_service_is_rolled_back(idle: str, house: House, clerk: Clerk) -> None:
    house.ecs.update_service(service=IDLE, taskDefinition=f"{IDLE}:1")
    until_latest(house, IDLE, "SUCCESSFUL")
    house.ecs.update_service(service=IDLE, taskDefinition=f"{IDLE}:2")
    until_latest(house, IDLE, "SUCCESSFUL")
    clerk.open(f"~/services/{IDLE}/deployments", f"Service : {IDLE}")
    clerk.choose("Roll back")
    clerk.dialog.get_by_role("button", name=re.compile("^Roll back to ")).wait_for()
    clerk.paste(clerk.offered())
    assert revision_of(house, IDLE) == f"{IDLE}:1"


@pastes(
    "pages/services/actions/ContinueDialog.tsx", "pages/services/actions/StopDeploymentDialog.tsx"
)
@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("Continue", "SUCCESSFUL"),
        ("Roll back", "ROLLBACK_SUCCESSFUL"),
        ("Stop deployment", "ROLLBACK_SUCCESSFUL"),
    ],
)
def test_a_deployment_that_waits_gets_its_word(
    word: str, status: str, staged: str, house: House, clerk: Clerk
) -> None:
    house.ecs.update_service(service=STAGED, forceNewDeployment=True)
    until_it_waits(house, STAGED)
    clerk.open(f"~/services/{STAGED}/deployments", f"Service : {STAGED}")
    if word == "Stop deployment":
        clerk.choose(word)
    else:
        told = clerk.page.locator("[class*=awsui_alert_]").filter(has_text="It waits for a word at")
        told.get_by_role("button", name=word, exact=True).first.click()
    clerk.paste(clerk.offered())
    until_latest(house, STAGED, status)


@pastes("pages/services/actions/DeleteServicesDialog.tsx")
def test_services_are_deleted(shop: str, house: House, clerk: Clerk) -> None:
    for name, count in (("first", 0), ("second", 1)):
        house.ecs.create_service(serviceName=name, taskDefinition=f"{SHOP}:1", desiredCount=count)
    clerk.open("~/services", f"Cluster : {CLUSTER}")
    clerk.select("Services", "first", "second")
    clerk.press("Delete")
    clerk.paste(clerk.offered())
    for name in ("first", "second"):
        assert service_of(house, name)["status"] in ("DRAINING", "INACTIVE")
    assert service_of(house, SHOP)["status"] == "ACTIVE"


# --- container instances ---


@pastes("pages/instances/AttributeDialog.tsx", "pages/instances/Attributes.tsx")
def test_attributes_are_put_and_deleted(house: House, clerk: Clerk) -> None:
    arn = house.container_instances()[0]["containerInstanceArn"]
    clerk.open(f"~/instances/{id_of(arn)}", id_of(arn))
    clerk.press("Add attribute")
    clerk.dialog.get_by_label("Name").fill("stack")
    clerk.dialog.get_by_label("Value – optional").fill("a b/c@d")
    clerk.paste(clerk.offered())
    assert attribute(house, arn, "stack") == ["a b/c@d"]
    clerk.select("Attributes", "stack")
    clerk.press("Delete")
    clerk.paste(clerk.offered())
    assert attribute(house, arn, "stack") == []


def attribute(house: House, arn: str, name: str) -> list[str]:
    found = house.describe_instance(arn)["attributes"]
    return [one["value"] for one in found if one["name"] == name]


@pastes("pages/instances/StateDialog.tsx")
def test_instances_are_drained_and_activated(house: House, clerk: Clerk) -> None:
    arns = [one["containerInstanceArn"] for one in house.container_instances()]
    clerk.open("~/instances", f"Cluster : {CLUSTER}")
    for action, status in (("Drain", "DRAINING"), ("Activate", "ACTIVE")):
        for arn in arns:
            clerk.select("ECS Instances", id_of(arn)[:8])
        clerk.press(action)
        clerk.paste(clerk.offered())
        assert {house.describe_instance(arn)["status"] for arn in arns} == {status}


@pastes("pages/instances/InstanceSummary.tsx")
def test_an_update_of_the_agent_is_refused_as_by_the_button(house: House, clerk: Clerk) -> None:
    arn = house.container_instances()[0]["containerInstanceArn"]
    clerk.open(f"~/instances/{id_of(arn)}", id_of(arn))
    summary = clerk.page.get_by_role("button", name="Update agent").locator(
        f"xpath=ancestor::*[contains(., '{COPY}')][1]"
    )
    done = clerk.run(clerk.copied(summary.get_by_role("button", name=COPY)))
    clerk.console.screenshot("command-copied")
    assert done.returncode in REFUSED
    assert "NoUpdateAvailableException" in done.stderr


@pastes("pages/instances/DeregisterDialog.tsx")
def test_an_instance_is_deregistered_by_force(shop: str, house: House, clerk: Clerk) -> None:
    arn = house.add_machine().arn
    task = house.run_task(f"{SHOP}:1", arn)["taskArn"]
    clerk.open(f"~/instances/{id_of(arn)}", id_of(arn))
    clerk.press("Deregister")
    clerk.dialog.get_by_role("checkbox", name="Deregister by force").check()
    clerk.paste(clerk.offered())
    assert house.describe_instance(arn)["status"] == "INACTIVE"
    assert "forced by user" in house.task(task)["stoppedReason"]


# --- read ---


@pastes("pages/clusters/ClustersPage.tsx", "pages/clusters/ClusterPage.tsx")
def test_clusters_are_read(house: House, clerk: Clerk) -> None:
    clerk.open("/clusters", "Clusters")
    clerk.console.row("Clusters", CLUSTER).wait_for()
    (listed,) = clerk.paste(clerk.of_page())
    assert sorted(listed["clusterArns"]) == sorted(house.ecs.list_clusters()["clusterArns"])
    assert len(listed["clusterArns"]) == clerk.console.rows("Clusters").count()
    clerk.open("~/overview", f"Cluster : {CLUSTER}")
    (described,) = clerk.paste(clerk.of_page())
    assert [one["clusterName"] for one in described["clusters"]] == [CLUSTER]


@pastes("pages/tasks/TaskPage.tsx", "pages/instances/InstancePage.tsx")
def test_a_task_and_its_instance_are_read(shop: str, house: House, clerk: Clerk) -> None:
    task = house.running_tasks_of(SHOP, COUNT)[0]
    clerk.open(f"~/tasks/{id_of(task['taskArn'])}", id_of(task["taskArn"]))
    (answer,) = clerk.paste(clerk.of_page())
    assert [one["taskArn"] for one in answer["tasks"]] == [task["taskArn"]]
    arn = task["containerInstanceArn"]
    clerk.open(f"~/instances/{id_of(arn)}", id_of(arn))
    (answer,) = clerk.paste(clerk.of_page())
    assert [one["containerInstanceArn"] for one in answer["containerInstances"]] == [arn]


@pastes(
    "pages/loadBalancers/LoadBalancerPage.tsx",
    "pages/loadBalancers/ClassicLoadBalancerPage.tsx",
    "pages/targetGroups/TargetGroupPage.tsx",
)
def test_load_balancers_and_their_targets_are_read(house: House, clerk: Clerk) -> None:
    group = make_group(house, "front")
    balancer = make_balancer(house, "front", group)
    make_classic(house, "old", 8899)
    machine = house.machines()[0].id
    target = [{"Id": machine, "Port": 8899}]
    house.client("elbv2").register_targets(TargetGroupArn=group, Targets=target)
    house.client("elb").register_instances_with_load_balancer(
        LoadBalancerName="old", Instances=[{"InstanceId": machine}]
    )
    clerk.open(f"/load-balancers/{id_of(balancer.arn)}", "front")
    (answer,) = clerk.paste(clerk.of_page())
    assert [one["LoadBalancerArn"] for one in answer["LoadBalancers"]] == [balancer.arn]
    clerk.open(f"/target-groups/{id_of(group)}", "front")
    (answer,) = clerk.paste(clerk.of_page())
    assert [one["Target"] for one in answer["TargetHealthDescriptions"]] == target
    clerk.open("/classic-load-balancers/old", "old")
    (answer,) = clerk.paste(clerk.of_page())
    assert [one["InstanceId"] for one in answer["InstanceStates"]] == [machine]


# --- none is forgotten ---


def test_every_command_that_the_console_offers_is_pasted_here() -> None:
    assert places() == PASTED
