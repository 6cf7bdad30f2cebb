import Domain

/// Reads one persistent volume, with Marathon's rules.
struct PersistentReader {
    let table: MappingReader

    /// The volume; `nil` where it is none that can be had, which is reported.
    func volume() -> PersistentVolume? {
        let path = containerPath()
        if table[VolumeForm.mode] == "RO" {
            table.report(.badValue, at: "mode", "A persistent volume is not read-only", hint: "write `mode: RW`")
        }
        guard let persistent = table[VolumeForm.persistent] else { return nil }
        let profile = persistent[PersistentForm.profileName]
        let type = persistent[PersistentForm.type]
        guard let path, let size = size(persistent) else { return nil }
        var volume = PersistentVolume(containerPath: path, type: type ?? (profile == nil ? .root : .mount), size: size)
        volume.profileName = profile
        volume.maxSize = persistent[PersistentForm.maxSize]
        volume.constraints = ConstraintReader(table: persistent).constraints()
        checkDisk(of: volume, persistent)
        return volume
    }

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
        guard persistent.has(PersistentForm.size) else {
            persistent.reportMissing("size", hint: "give it in MiB: `size: 512`")
            return nil
        }
        return persistent[PersistentForm.size]
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
            let hint = "remove them, or use type path or mount"
            persistent.report(.badConstraint, at: "constraints", message, hint: hint)
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
