import Domain

/// Reads `container`. Of it only persistent volumes are carried yet: everything else is refused by its key.
struct ContainerReader {
    let table: MappingReader

    /// Whether an image is named, which may bring its own command.
    var namesImage: Bool {
        guard case .mapping(let entries)? = table.value("container")?.content else { return false }
        return entries.contains { $0.key.writtenText == "docker" && !$0.value.saysNothing }
    }

    /// The persistent volumes in their order; `nil` where there is none.
    func persistentVolumes() -> [PersistentVolume]? {
        guard table.value("container")?.saysNothing == false else { return nil }
        guard let container = table.mapping("container", keys: AppKeys.container) else { return nil }
        checkType(container)
        let items = container.items("volumes") ?? []
        let volumes = items.compactMap { VolumeReader($0.node, path: $0.path, log: table.log)?.volume() }
        checkUnique(volumes, container)
        return volumes.isEmpty ? nil : volumes
    }

    /// Marathon takes DOCKER where no type is said, and then misses the image.
    private func checkType(_ container: MappingReader) {
        guard container.has("type") else {
            return container.reportMissing("type", hint: "write `type: MESOS`; Marathon would take it for DOCKER")
        }
        guard container.choice("type", among: ["MESOS", "DOCKER"]) == "DOCKER" else { return }
        container.report(
            .notSupported,
            at: "type",
            "`\(container.path(of: "type"))` DOCKER is not supported by Pacer yet",
            hint: AppKeys.app.refusedHint
        )
    }

    private func checkUnique(_ volumes: [PersistentVolume], _ container: MappingReader) {
        var paths: Set<String> = []
        for volume in volumes where !paths.insert(volume.containerPath).inserted {
            let message = "Two volumes have the containerPath `\(clipped(volume.containerPath))`"
            container.report(.badValue, at: "volumes", message, hint: "give each volume a path of its own")
        }
    }
}

/// Reads one entry of `container.volumes`, with Marathon's rules for persistent volumes.
struct VolumeReader {
    private let table: MappingReader

    init?(_ node: YAMLNode, path: String, log: ProblemLog) {
        guard let table = MappingReader(node, path: path, keys: AppKeys.volume, log: log) else { return nil }
        self.table = table
    }

    /// The volume; `nil` where it is none that can be had, which is reported.
    func volume() -> PersistentVolume? {
        let path = containerPath()
        if let mode = table.choice("mode", among: ["RW", "RO"]), mode == "RO" {
            let hint = "write `mode: RW`"
            table.report(.badValue, at: "mode", "A persistent volume is not read-only", hint: hint)
        }
        guard let persistent = table.mapping("persistent", keys: AppKeys.persistent) else {
            guard !table.has("persistent"), !namesOtherKind else { return nil }
            table.reportMissing("persistent", hint: "say how large it is: `persistent: {size: 512}`")
            return nil
        }
        let profile = persistent.text("profileName")
        let type = persistent.choice("type", among: PersistentVolume.DiskType.allCases.map(\.rawValue))
            .flatMap(PersistentVolume.DiskType.init(rawValue:))
        guard let path, let size = size(persistent) else { return nil }
        var volume = PersistentVolume(containerPath: path, type: type ?? (profile == nil ? .root : .mount), size: size)
        volume.profileName = profile
        volume.maxSize = persistent.integer("maxSize", in: VolumeReader.mebibytes).map { $0 * 1000 }
        volume.constraints = ConstraintReader(table: persistent).constraints()
        checkDisk(of: volume, persistent)
        return volume
    }

    private static let mebibytes: ClosedRange<Int64> = 1...1_000_000_000_000

    /// What else a volume may be is refused by its key already.
    private var namesOtherKind: Bool { ["hostPath", "external", "secret"].contains(where: table.has) }

    private func containerPath() -> String? {
        let example = "name a folder of the sandbox, for example `containerPath: data`"
        guard let path = table.requiredText("containerPath", hint: example) else { return nil }
        guard path.isEmpty || path.contains("/") || path == "." || path == ".." else { return path }
        let written = path.isEmpty ? "is empty" : "cannot be `\(clipped(path))`"
        let message = "`\(table.path(of: "containerPath"))` of a persistent volume \(written)"
        table.report(.badValue, at: "containerPath", message, hint: "\(example), without a /")
        return nil
    }

    private func size(_ persistent: MappingReader) -> Int64? {
        guard persistent.has("size") else {
            persistent.reportMissing("size", hint: "give it in MiB: `size: 512`")
            return nil
        }
        return persistent.integer("size", in: VolumeReader.mebibytes).map { $0 * 1000 }
    }

    private func checkDisk(of volume: PersistentVolume, _ persistent: MappingReader) {
        if let most = volume.maxSize, volume.type != .mount || most <= volume.size {
            let message = "`\(persistent.path(of: "maxSize"))` is for whole disks (mount), and more than the size"
            persistent.report(.badValue, at: "maxSize", message, hint: "remove it, or make it larger than the size")
        }
        if volume.type == .root, let profile = volume.profileName {
            let message = "The agent's own disk (root) has no profile `\(clipped(profile))`"
            persistent.report(.badValue, at: "profileName", message, hint: "remove it, or ask for a mount or path disk")
        }
        if volume.type == .root, !volume.constraints.isEmpty {
            let message = "The agent's own disk (root) has no path that a constraint could compare"
            persistent.report(
                .badConstraint,
                at: "constraints",
                message,
                hint: "remove them, or use type path or mount"
            )
        }
        for constraint in volume.constraints
        where constraint.field != "path" || ![.like, .unlike].contains(constraint.comparison) {
            persistent.report(
                .badConstraint,
                at: "constraints",
                "A volume's constraint compares `path`, by LIKE or UNLIKE",
                hint: "write for example [path, LIKE, \"/ssd.*\"]"
            )
        }
    }
}
