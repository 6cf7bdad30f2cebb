import Domain
import OrderedCollections

/// `container`.
enum ContainerForm {
    static let type = Field<AppContainer.Engine>.choice(
        "type",
        "Who runs it: Mesos itself, or the Docker daemon. Absent: DOCKER where there is `docker`."
    )
    static let docker = Field.object("docker", { DockerForm.form }, "The image, and how it is pulled and started.")
    static let volumes = Field.objects("volumes", { VolumeForm.form }, "Folders and files that tasks see.")
    static let portMappings = Field.objects(
        "portMappings",
        { PortMappingForm.form },
        "Ports of the container, in networks other than the host's. Absent: one named `default`; [] for none."
    )
    static let linuxInfo = Field.object("linuxInfo", { LinuxForm.form }, "What it sees of Linux; for the type MESOS.")

    static let form = ObjectForm(
        "container",
        "What tasks run in.",
        [type, docker, volumes, portMappings, linuxInfo],
        refused: ["appc": "is a kind of image that Marathon and Mesos have given up"],
        refusedHint: "use the Docker image of the program: `docker: {image: …}`"
    )
}

/// `container.docker`.
enum DockerForm {
    static let image = Field.words("image", "The image's name, as `docker pull` takes it.").required
    static let forcePullImage = Field.flag("forcePullImage", "Whether it is pulled before each start.").standing(false)
    static let privileged = Field.flag("privileged", "Whether the Docker daemon gives it all of the host's rights.")
        .standing(false)
    static let parameters = Field.objects("parameters", { ParameterForm.form }, "Further options of `docker run`.")
    static let pullConfig = Field.object(
        "pullConfig",
        { PullForm.form },
        "Credentials for the registry; for the type MESOS."
    )
    static let network = Field.choice("network", ["HOST", "BRIDGE", "USER", "NONE"], "The container's network.")
        .deprecated("`networks: [{mode: …}]`")
    static let portMappings = Field.objects("portMappings", { PortMappingForm.form }, "Ports of the container.")
        .deprecated("them as `container.portMappings`")

    static let form = ObjectForm(
        "docker",
        "A Docker image, and how it is pulled and started.",
        [image, forcePullImage, privileged, parameters, pullConfig, network, portMappings],
        refused: ["credential": "was never carried out by Marathon: it refuses it"],
        refusedHint:
            "declare a secret with a Docker configuration and name it: `pullConfig: {secret: …}`, with the type MESOS"
    )
}

/// An entry of `docker.parameters`.
enum ParameterForm {
    static let key = Field.words("key", "The option's name without its hyphens.").required
    static let value = Field.node("value", .text, "Its value.").required

    static let form = ObjectForm("dockerParameter", "An option of `docker run`.", [key, value])
}

/// `pullConfig`.
enum PullForm {
    static let secret = Field.words("secret", "The name of a declared secret that holds a Docker configuration.")
        .required

    static let form = ObjectForm("pullConfig", "Credentials for a registry.", [secret])
}

/// `linuxInfo`.
enum LinuxForm {
    static let seccomp = Field.object("seccomp", { seccompForm }, "Which system calls it may make.")
    static let ipcInfo = Field.object("ipcInfo", { ipcForm }, "Whose inter-process communication it sees.")
    static let profileName = Field.words("profileName", "A profile that lies on the agents.")
    static let unconfined = Field.flag("unconfined", "Whether it may make all of them.")
    static let mode = Field<LinuxInfo.IPCMode>.choice("mode", "Its own, or that of the container around it.")
    static let shmSize = Field.integer("shmSize", 1...4_294_967_295, "The size of its /dev/shm, in MiB.")

    static let form = ObjectForm("linuxInfo", "What a container sees of Linux.", [seccomp, ipcInfo])
    static let pod = ObjectForm(
        "podLinuxInfo",
        "What a pod's containers see of Linux.",
        [ipcInfo],
        refused: ["seccomp": "belongs to the containers, not to their pod"],
        refusedHint: "give each container its `linuxInfo.seccomp`"
    )
    private static let seccompForm = ObjectForm(
        "seccomp",
        "Which system calls a container may make.",
        [profileName, unconfined]
    )
    private static let ipcForm = ObjectForm(
        "ipcInfo",
        "Whose inter-process communication a container sees.",
        [mode, shmSize]
    )
}

/// An entry of `container.volumes`: one of `hostPath`, `persistent`, `secret` and `external`.
enum VolumeForm {
    static let containerPath = Field.words("containerPath", "Where tasks find it.").required
    static let mode = Field.choice("mode", ["RW", "RO"], "Whether tasks can write to it.")
    static let hostPath = Field.words("hostPath", "A path on the agent's host.")
    static let persistent = Field.object(
        "persistent",
        { PersistentForm.form },
        "Disk that is reserved for the instance and outlives its tasks."
    )
    static let secret = Field.words("secret", "The name of a declared secret: a file with its content.")
    static let external = Field.object("external", { ExternalForm.form }, "A volume of a storage provider.")

    static let form = ObjectForm(
        "volume",
        "A folder or file that tasks see.",
        [containerPath, mode, hostPath, persistent, secret, external]
    )
}

/// `persistent`.
enum PersistentForm {
    static let type = Field<PersistentVolume.DiskType>.choice(
        "type",
        "The agent's own disk, a part of another one, or a whole one. Absent: `root`, or `mount` with a profile."
    )
    static let size = Field.wholeMilli("size", Ranges.mebibytes, "How large it is, in MiB; of a whole disk, at least.")
        .required
    static let maxSize = Field.wholeMilli("maxSize", Ranges.mebibytes, "How large a whole disk may be, in MiB.")
    static let profileName = Field.text("profileName", "The profile that the disk must have.")
    static let constraints = Field.node(
        "constraints",
        .list(ConstraintForm.triple),
        "What the path of the disk must be like: `[path, LIKE, …]`."
    )

    static let form = ObjectForm(
        "persistent",
        "Disk that is reserved for an instance.",
        [type, size, maxSize, profileName, constraints]
    )
}

/// `external`.
enum ExternalForm {
    static let provider = Field.choice("provider", ["dvdi", "csi"], "dvdi: a Docker volume driver. csi: a CSI plugin.")
        .required
    static let name = Field.words("name", "The volume's name with the provider.").required
    static let size = Field.integer(
        "size",
        1...1_000_000_000,
        "Its size in GiB, where the provider shall make it; for dvdi with the type MESOS."
    )
    static let shared = Field.flag("shared", "Whether several instances can have it at once; for dvdi.").standing(false)
    static let options = Field.node(
        "options",
        .anyOf([.object { CSIForm.form }, .table(.text)]),
        "What the provider is told. dvdi: texts, among them `dvdi/driver`."
    ).required

    static let form = ObjectForm(
        "external",
        "A volume of a storage provider.",
        [provider, name, size, shared, options]
    )
}

/// `options` of the provider `csi`.
enum CSIForm {
    static let pluginName = Field.words("pluginName", "The plugin, as the agents know it.").required
    static let capability = Field.object("capability", { capabilityForm }, "Who may use the volume, and in which form.")
        .required
    static let nodeStageSecret = Field.node(
        "nodeStageSecret",
        .table(.object { EnvironmentForm.reference }),
        "Secrets for staging the volume on a node."
    )
    static let nodePublishSecret = Field.node(
        "nodePublishSecret",
        .table(.object { EnvironmentForm.reference }),
        "Secrets for publishing the volume on a node."
    )
    static let volumeContext = Field.table("volumeContext", "What else the plugin is told of the volume.")
    static let accessMode = Field<CSIVolume.AccessMode>.choice("accessMode", "Who may use it at once.").required
    static let accessType = Field.choice("accessType", ["mount", "block"], "As a file system, or as a raw device.")
        .standing("mount")
    static let fsType = Field.words("fsType", "The type of the file system.")
    static let mountFlags = Field.texts("mountFlags", "Flags of the mount.")

    static let form = ObjectForm(
        "csiOptions",
        "What a CSI plugin is told.",
        [pluginName, capability, nodeStageSecret, nodePublishSecret, volumeContext]
    )
    private static let capabilityForm = ObjectForm(
        "csiCapability",
        "Who may use a volume, and in which form.",
        [accessMode, accessType, fsType, mountFlags]
    )
}
