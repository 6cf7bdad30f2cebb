import Domain

/// Reads a pod's `volumes` and holds them against what its containers mount. Only ephemeral ones are carried: a folder of
/// the executor's sandbox that the containers share.
struct PodVolumeReader {
    let table: MappingReader

    /// The volumes' names: all different, each mounted by a container, and none mounted that is not there.
    func names(mountedBy containers: [PodContainerReader.Result]) -> [String] {
        let mounts = containers.flatMap(\.mounts)
        let mounted = Set(mounts.map(\.mount.name))
        var names: Set<String> = []
        for item in table.items("volumes") ?? [] {
            guard let reader = MappingReader(item.node, path: item.path, keys: PodKeys.volume, log: table.log),
                let name = PodContainerReader.name(reader, of: "volume")
            else { continue }
            if !names.insert(name).inserted {
                let message = "Two volumes are named `\(name)`"
                reader.report(.duplicateName, at: "name", message, hint: "rename one of them")
            }
            if !mounted.contains(name) {
                let message = "No container mounts the volume `\(name)`"
                reader.report(.unmatchedVolume, at: "name", message, hint: "mount it, or remove it")
            }
        }
        for (mount, reader) in mounts where !names.contains(mount.name) {
            let near = Spelling.nearest(to: mount.name, among: names)
            reader.report(
                .unmatchedVolume,
                at: "name",
                "The pod has no volume `\(clipped(mount.name))`",
                hint: near.map { "did you mean `\($0)`?" } ?? "add it to the pod's `volumes`"
            )
        }
        return names.sorted()
    }
}
