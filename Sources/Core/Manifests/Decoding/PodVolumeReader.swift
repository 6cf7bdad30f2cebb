import Domain
import OrderedCollections

/// Reads a pod's `volumes` and holds them against what its containers mount: folders of the executor's sandbox that the
/// containers share, folders of the host, and secrets.
struct PodVolumeReader {
    /// The volumes by kind, sorted by name.
    struct Result {
        var ephemeral: [String] = []
        var hosts: OrderedDictionary<String, String> = [:]
        var secrets: OrderedDictionary<String, String> = [:]
    }

    let table: MappingReader
    let secrets: DeclaredSecrets

    /// The volumes: all of different names, each mounted by a container, and none mounted that is not there.
    func volumes(mountedBy containers: [PodContainerReader.Result]) -> Result {
        let mounts = containers.flatMap { container in container.mounts.map { ($0.mount, $0.reader, container) } }
        let mounted = Set(mounts.map(\.0.name))
        var result = Result()
        var names: Set<String> = []
        for reader in table[PodForm.volumes] ?? [] {
            guard let name = PodContainerReader.name(reader, of: "volume") else { continue }
            if !names.insert(name).inserted {
                let message = "Two volumes are named `\(name)`"
                reader.report(.duplicateName, at: "name", message, hint: "rename one of them")
            } else {
                add(name, reader, to: &result)
            }
            if !mounted.contains(name) {
                let message = "No container mounts the volume `\(name)`"
                reader.report(.unmatchedVolume, at: "name", message, hint: "mount it, or remove it")
            }
        }
        for (mount, reader, container) in mounts {
            guard names.contains(mount.name) else {
                reportUnknown(mount, reader, among: names)
                continue
            }
            let isEphemeral = result.ephemeral.contains(mount.name)
            if isEphemeral, container.container.image == nil { checkSandboxMount(mount, reader) }
        }
        result.ephemeral.sort()
        result.hosts.sort { $0.key < $1.key }
        result.secrets.sort { $0.key < $1.key }
        return result
    }

    private func add(_ name: String, _ reader: MappingReader, to result: inout Result) {
        switch (reader.has(PodVolumeForm.host), reader.has(PodVolumeForm.secret)) {
        case (true, true):
            let message = "`\(reader.path)` is two kinds of volume: `host` and `secret`"
            reader.log.report(.conflictingKeys, at: reader.keyMark(of: "secret"), message, hint: "keep one of them")
        case (true, false): result.hosts[name] = reader[PodVolumeForm.host] ?? ""
        case (false, true):
            guard let secret = reader[PodVolumeForm.secret] else { return }
            secrets.check(secret, at: reader.mark(of: "secret"), what: "`\(reader.path)`", log: reader.log)
            result.secrets[name] = secret
        case (false, false): result.ephemeral.append(name)
        }
    }

    private func reportUnknown(_ mount: VolumeMount, _ reader: MappingReader, among names: Set<String>) {
        let near = Spelling.nearest(to: mount.name, among: names.sorted())
        reader.report(
            .unmatchedVolume,
            at: "name",
            "The pod has no volume `\(clipped(mount.name))`",
            hint: near.map { "did you mean `\($0)`?" } ?? "add it to the pod's `volumes`"
        )
    }

    /// Without an image a container has no file system of its own, only its sandbox.
    private func checkSandboxMount(_ mount: VolumeMount, _ reader: MappingReader) {
        if mount.isReadOnly == true {
            let message = "`\(reader.path)` is read-only, which needs a container with an image"
            reader.report(.notSupported, at: "readOnly", message, hint: "remove `readOnly`")
        }
        let path = mount.mountPath
        guard !path.hasPrefix("/") else {
            let message = "`\(reader.path(of: "mountPath"))` is absolute, which needs a container with an image"
            let hint = "write a path in the container's sandbox"
            return reader.report(.notSupported, at: "mountPath", message, hint: hint)
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) || path.utf8.count > 1024 else { return }
        let message = "`\(clipped(path))` cannot be a path in the container's sandbox"
        reader.report(.badValue, at: "mountPath", message, hint: "write a plain relative path, for example `data`")
    }
}
