import Domain
import OrderedCollections

/// A pod: containers that run side by side on one agent.
enum PodForm {
    static let id = AppForm.id
    static let user = AppForm.user
    static let environment = Field.node(
        "environment",
        .table(EnvironmentForm.value),
        "Environment variables of all containers: text, or `{secret: name}`."
    )
    static let secrets = AppForm.secrets
    static let labels = AppForm.labels
    static let containers = Field.objects("containers", { ContainersForm.form }, "The containers.").required
    static let volumes = Field.objects("volumes", { PodVolumeForm.form }, "Volumes that containers mount.")
    static let networks = Field.objects(
        "networks",
        { NetworkForm.form },
        "The networks that instances join. Absent: that of the host."
    )
    static let scaling = Field.object("scaling", { ScalingForm.form }, "How many instances shall run.")
    static let scheduling = Field.object(
        "scheduling",
        { SchedulingForm.form },
        "How instances are placed, replaced and slowed down."
    )
    static let executorResources = Field.object(
        "executorResources",
        { ExecutorResourcesForm.pod },
        "What the executor takes besides the containers."
    )
    static let role = AppForm.role
    static let linuxInfo = Field.object(
        "linuxInfo",
        { LinuxForm.pod },
        "What the containers see of Linux, where they do not say otherwise."
    )
    static let legacySharedCgroups = Field.flag(
        "legacySharedCgroups",
        "Whether all containers share one control group."
    ).standing(false)
    static let rollout = AppForm.rollout

    static let form = ObjectForm(
        "pod",
        "A pod: containers that run side by side on one agent.",
        [
            id, user, scaling, containers, volumes, networks, environment, secrets, labels, scheduling,
            executorResources, role, linuxInfo, legacySharedCgroups, rollout,
        ],
        refused: ["dependencies": "is not a pod's in Marathon: the group of the pod can have them (`_group.yaml`)"],
        skipped: ["version": Reasons.runtime]
    )
}

/// An entry of a pod's `containers`.
enum ContainersForm {
    static let name = Field.text("name", "Its name, unique in the pod.", Patterns.name).required
    static let exec = Field.object("exec", { CommandForm.exec }, "What runs. Absent: what the image says.")
    static let image = Field.object("image", { ImageForm.form }, "Its file system.")
    static let resources = Field.object("resources", { ResourcesForm.form }, "What it takes.").required
    static let resourceLimits = AppForm.resourceLimits
    static let endpoints = Field.objects("endpoints", { EndpointForm.form }, "Its ports.")
    static let environment = Field.node(
        "environment",
        .table(EnvironmentForm.value),
        "Its environment variables; they win over the pod's."
    )
    static let labels = Field.table("labels", "Its labels.")
    static let user = Field.words("user", "The Unix user that it runs as. Absent: the pod's.")
    static let artifacts = Field.objects(
        "artifacts",
        { FetchForm.form },
        "Files to fetch into its sandbox before the start."
    )
    static let healthCheck = Field.object(
        "healthCheck",
        { CheckForm.podHealth },
        "How Mesos sees that it is healthy; it kills one that is not."
    )
    static let check = Field.object("check", { CheckForm.pod }, "What Mesos looks at without consequences.")
    static let lifecycle = Field.object("lifecycle", { LifecycleForm.form }, "How it ends.")
    static let volumeMounts = Field.objects(
        "volumeMounts",
        { MountForm.form },
        "Which of the pod's volumes it sees, and where."
    )
    static let linuxInfo = Field.object("linuxInfo", { LinuxForm.form }, "What it sees of Linux.")
    static let tty = AppForm.tty

    static let form = ObjectForm(
        "podContainer",
        "A container of a pod.",
        [
            name, exec, image, resources, resourceLimits, endpoints, environment, labels, user, artifacts, healthCheck,
            check, lifecycle, volumeMounts, linuxInfo, tty,
        ]
    )
}

/// A container's `image`.
enum ImageForm {
    static let kind = Field.choice("kind", ["DOCKER"], "The kind of image.").required
    static let id = Field.words("id", "The image's name, as `docker pull` takes it.").required
    static let forcePull = Field.flag("forcePull", "Whether it is pulled before each start.").standing(false)
    static let pullConfig = DockerForm.pullConfig
    static let labels = Field.table("labels", "Labels of the image; without effect.")

    static let form = ObjectForm("image", "A container's file system.", [kind, id, forcePull, pullConfig, labels])
}

/// A container's `resources`.
enum ResourcesForm {
    static let cpus = Field.number("cpus", places: 3, 1...Ranges.milliCPUs.upperBound, "CPUs.").standing(1000)
    static let mem = Field.number("mem", places: 3, 1...Ranges.milliMebibytes.upperBound, "Memory, in MiB.").standing(
        128_000
    )
    static let disk = AppForm.disk
    static let gpus = AppForm.gpus

    static let form = ObjectForm("resources", "What a container takes.", [cpus, mem, disk, gpus])
}

/// An entry of a container's `endpoints`.
enum EndpointForm {
    static let name = Field.text("name", "Its name, unique in the pod.", Patterns.name).required
    static let containerPort = Field.integer(
        "containerPort",
        Ranges.port,
        "The number in the pod's network; 0 for that of the host's port."
    )
    static let hostPort = Field.integer(
        "hostPort",
        Ranges.port,
        "The port of the host that leads to it; 0 for any. Absent: none."
    )
    static let transports = Field.node(
        "protocol",
        .anyOf([.list(.choice(["tcp", "udp"])), .choice(["tcp", "udp"])]),
        "tcp, udp or both. Absent: tcp."
    )
    static let labels = PortMappingForm.labels
    static let networkNames = PortMappingForm.networkNames

    static let form = ObjectForm(
        "endpoint",
        "A port of a container.",
        [name, containerPort, hostPort, transports, labels, networkNames]
    )
}

/// A container's `lifecycle`.
enum LifecycleForm {
    static let killGracePeriodSeconds = Field.fractionalSeconds(
        "killGracePeriodSeconds",
        1...Ranges.milliseconds.upperBound,
        "How long it has from SIGTERM to SIGKILL."
    )

    static let form = ObjectForm("lifecycle", "How a container ends.", [killGracePeriodSeconds])
}

/// An entry of a pod's `volumes`.
enum PodVolumeForm {
    static let name = Field.text("name", "Its name, which mounts refer to.", Patterns.name).required
    static let host = Field.words(
        "host",
        "A path on the agent's host. Absent: a folder that lives as long as the instance."
    )
    static let secret = Field.words("secret", "The name of a declared secret: a file with its content.")

    static let form = ObjectForm(
        "podVolume",
        "A volume that containers mount.",
        [name, host, secret],
        refused: ["persistent": "needs disk that is reserved for a pod, which Pacer does for apps only"],
        refusedHint: "make the container that has the data an app of its own, with `container.volumes`"
    )
}

/// An entry of a container's `volumeMounts`.
enum MountForm {
    static let name = Field.text("name", "The volume's name.", Patterns.name).required
    static let mountPath = Field.words("mountPath", "Where the container sees it.").required
    static let readOnly = Field.flag("readOnly", "Whether it can only read it.").standing(false)

    static let form = ObjectForm(
        "volumeMount",
        "Where a container sees one of its pod's volumes.",
        [name, mountPath, readOnly]
    )
}

/// A pod's `scaling`.
enum ScalingForm {
    static let kind = Field.choice("kind", ["fixed"], "How the number is found.").standing("fixed")
    static let instances = AppForm.instances

    static let form = ObjectForm("scaling", "How many instances shall run.", [kind, instances])
}

/// A pod's `scheduling`.
enum SchedulingForm {
    static let backoff = Field.object("backoff", { backoffForm }, "How failing instances are slowed down.")
    static let upgrade = Field.object(
        "upgrade",
        { UpgradeForm.pod },
        "How far a replacement may go below and above `instances`."
    )
    static let placement = Field.object("placement", { placementForm }, "Where instances may be placed.")
    static let killSelection = AppForm.killSelection
    static let unreachableStrategy = AppForm.unreachableStrategy

    static let first = Field.fractionalSeconds(
        "backoff",
        Ranges.milliseconds,
        "How long the next launch waits after a failure, in seconds."
    ).standing(.seconds(1))
    static let factor = AppForm.backoffFactor
    static let longest = Field.fractionalSeconds(
        "maxLaunchDelay",
        Ranges.milliseconds,
        "How long it is at the most, in seconds."
    ).standing(.seconds(300))
    static let constraints = Field.objects("constraints", { ConstraintForm.form }, "Where instances may be placed.")
    static let acceptedResourceRoles = AppForm.acceptedResourceRoles

    static let form = ObjectForm(
        "scheduling",
        "How instances are placed, replaced and slowed down.",
        [backoff, upgrade, placement, killSelection, unreachableStrategy]
    )
    static let backoffForm = ObjectForm(
        "backoff",
        "How failing instances are slowed down.",
        [first, factor, longest]
    )
    static let placementForm = ObjectForm(
        "placement",
        "Where instances may be placed.",
        [constraints, acceptedResourceRoles]
    )
}
