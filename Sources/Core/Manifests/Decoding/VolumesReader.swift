import Domain
import OrderedCollections

/// Reads `container.volumes`: each is one of a host's folder, reserved disk, a secret, or a storage provider's volume.
struct VolumesReader {
    let parts: ContainerParts
    let secrets: DeclaredSecrets

    /// The persistent volumes and all others, each in the definition's order.
    func volumes() -> (persistent: [PersistentVolume], others: [ContainerVolume]) {
        guard let container = parts.container else { return ([], []) }
        var persistent: [PersistentVolume] = []
        var others: [ContainerVolume] = []
        var paths: Set<String> = []
        for reader in container[ContainerForm.volumes] ?? [] {
            guard let kind = kind(of: reader) else { continue }
            if kind == "persistent" {
                if let volume = PersistentReader(table: reader).volume() { persistent.append(volume) }
            } else if let volume = volume(kind, reader) {
                others.append(volume)
            }
            guard let path = reader.value("containerPath")?.writtenText, !paths.insert(path).inserted else { continue }
            let message = "Two volumes have the containerPath `\(clipped(path))`"
            reader.report(.badValue, at: "containerPath", message, hint: "give each volume a path of its own")
        }
        checkNames(of: others, container)
        return (persistent, others)
    }

    private static let kinds = ["persistent", "hostPath", "secret", "external"]

    private func kind(of reader: MappingReader) -> String? {
        let kinds = VolumesReader.kinds.filter(reader.has)
        guard let kind = kinds.first else {
            reader.reportMissing(
                "hostPath",
                hint: "say what the volume is: a hostPath, persistent, a secret, or external"
            )
            return nil
        }
        guard kinds.count == 1 else {
            let message = "`\(reader.path)` is two kinds of volume: `\(kinds[0])` and `\(kinds[1])`"
            reader.log.report(.conflictingKeys, at: reader.keyMark(of: kinds[1]), message, hint: "keep one of them")
            return nil
        }
        return kind
    }

    private func volume(_ kind: String, _ reader: MappingReader) -> ContainerVolume? {
        let path = reader.requiredText("containerPath", hint: "say where tasks find the volume")
        if path?.isEmpty == true {
            let message = "`\(reader.path(of: "containerPath"))` is empty"
            reader.report(.badValue, at: "containerPath", message, hint: "say where tasks find the volume")
        }
        let source: ContainerVolume.Source? =
            switch kind {
            case "hostPath": hostFolder(reader)
            case "secret": secretFile(reader)
            default: ExternalReader(table: reader, engine: parts.engine, secrets: secrets).source()
            }
        guard let path, let source else { return nil }
        return ContainerVolume(containerPath: path, isReadOnly: isReadOnly(kind, reader), source: source)
    }

    private func isReadOnly(_ kind: String, _ reader: MappingReader) -> Bool {
        if kind != "secret", !reader.has(VolumeForm.mode) {
            reader.reportMissing("mode", hint: "write `mode: RO` for read-only, or `mode: RW`")
        }
        return reader[VolumeForm.mode] == "RO"
    }

    private func hostFolder(_ reader: MappingReader) -> ContainerVolume.Source? {
        reader[VolumeForm.hostPath].map { .host(path: $0) }
    }

    private func secretFile(_ reader: MappingReader) -> ContainerVolume.Source? {
        guard let name = reader[VolumeForm.secret] else { return nil }
        secrets.check(name, at: reader.mark(of: "secret"), what: "`\(reader.path)`", log: reader.log)
        guard parts.engine == .docker else { return .secret(name: name) }
        reader.report(
            .badValue,
            at: "secret",
            "`\(reader.path)` is a secret's file, which the Docker daemon cannot mount",
            hint: "write `type: MESOS`, or hand the secret over in `env`"
        )
        return nil
    }

    /// A provider knows volumes by their names.
    private func checkNames(of volumes: [ContainerVolume], _ container: MappingReader) {
        var names: Set<String> = []
        for case .driver(let volume) in volumes.map(\.source) where !names.insert(volume.name).inserted {
            let message = "Two external volumes are named `\(clipped(volume.name))`"
            container.report(.badValue, at: "volumes", message, hint: "give each volume a name of its own")
        }
    }
}

/// Reads `external`, with Marathon's rules for each provider.
struct ExternalReader {
    let table: MappingReader
    let engine: AppContainer.Engine
    let secrets: DeclaredSecrets

    private static let driverKey = "dvdi/driver"

    /// The volume; `nil` where it cannot be had, which is reported.
    func source() -> ContainerVolume.Source? {
        guard let external = table[VolumeForm.external] else { return nil }
        let name = external.requiredText("name", hint: "give the volume's name with its provider")
        if name?.isEmpty == true {
            external.report(.badValue, at: "name", "`\(external.path(of: "name"))` is empty", hint: "name the volume")
        }
        guard external.has(ExternalForm.provider) else {
            external.reportMissing("provider", hint: "write `provider: dvdi`, or csi")
            return nil
        }
        guard let provider = external[ExternalForm.provider], let name else { return nil }
        return provider == "csi" ? csi(external, name: name) : driver(external, name: name)
    }

    // MARK: - A Docker volume driver

    private func driver(_ external: MappingReader, name: String) -> ContainerVolume.Source? {
        var options = external.textTable(ExternalForm.options.key) ?? [:]
        guard let driver = options.removeValue(forKey: ExternalReader.driverKey), !driver.isEmpty else {
            let message = "`\(external.path(of: "options"))` names no driver"
            let hint = "name it: `options: {\(ExternalReader.driverKey): rexray}`"
            external.log.report(.missingKey, at: external.mark(of: "options"), message, hint: hint)
            return nil
        }
        let shared = external[ExternalForm.shared]
        let size = external[ExternalForm.size]
        for key in options.keys where !ExternalReader.isOptionKey(key) {
            let message = "The option `\(clipped(key))` has no namespace"
            external.report(
                .badValue,
                at: "options",
                message,
                hint: "write it as namespace/name, for example dvdi/newfstype"
            )
        }
        if engine == .docker { refuseForDocker(options, size, external) }
        if engine == .mesos, table[VolumeForm.mode] == "RO" {
            let hint = "write `mode: RW`"
            table.report(.badValue, at: "mode", "An external volume in a MESOS container is not read-only", hint: hint)
        }
        return .driver(DriverVolume(name: name, driver: driver, size: size, options: options, isShared: shared))
    }

    private func refuseForDocker(_ options: OrderedDictionary<String, String>, _ size: Int?, _ external: MappingReader)
    {
        if let key = options.keys.first {
            let message = "The Docker daemon is told nothing but the driver, not the option `\(clipped(key))`"
            external.report(.badValue, at: "options", message, hint: "remove it, or write `type: MESOS`")
        }
        guard size != nil else { return }
        let message =
            "`\(external.path(of: "size"))` is for the container type MESOS: the Docker daemon makes no volumes"
        external.report(.badValue, at: "size", message, hint: "remove it, or write `type: MESOS`")
    }

    /// `namespace/name`, of letters, digits and - . _
    private static func isOptionKey(_ key: String) -> Bool {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        return parts.count == 2
            && parts.allSatisfy { part in
                !part.isEmpty
                    && part.unicodeScalars.allSatisfy { scalar in
                        scalar.isASCII
                            && (scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
                                || "-._".unicodeScalars.contains(scalar))
                    }
            }
    }

    // MARK: - A CSI plugin

    private func csi(_ external: MappingReader, name: String) -> ContainerVolume.Source? {
        for key in ["size", "shared"] where external.has(key) {
            let message = "`\(external.path(of: key))` says nothing of a volume of the provider csi"
            external.log.report(.withoutEffect, at: external.keyMark(of: key), message, hint: "remove it")
        }
        guard external.has(ExternalForm.options) else {
            external.reportMissing("options", hint: "name the plugin and the capability")
            return nil
        }
        guard let options = external.mapping("options", keys: CSIForm.form.keys) else { return nil }
        let plugin = options.requiredText("pluginName", hint: "name the plugin, as the agents know it")
        guard options.has(CSIForm.capability) else {
            options.reportMissing(
                "capability",
                hint: "write `capability: {accessMode: SINGLE_NODE_WRITER, accessType: mount}`"
            )
            return nil
        }
        guard let capability = options[CSIForm.capability] else { return nil }
        guard capability.has(CSIForm.accessMode) else {
            capability.reportMissing("accessMode", hint: "write for example `accessMode: SINGLE_NODE_WRITER`")
            return nil
        }
        guard let plugin, let mode = capability[CSIForm.accessMode] else { return nil }
        return .csi(
            CSIVolume(
                name: name,
                plugin: plugin,
                accessMode: mode,
                accessType: accessType(capability),
                nodeStageSecrets: secretTable(CSIForm.nodeStageSecret, options),
                nodePublishSecrets: secretTable(CSIForm.nodePublishSecret, options),
                context: options[CSIForm.volumeContext] ?? [:]
            )
        )
    }

    private func accessType(_ capability: MappingReader) -> CSIVolume.AccessType {
        let (fsType, flags) = (capability[CSIForm.fsType], capability[CSIForm.mountFlags])
        guard capability[CSIForm.accessType] == "block" else { return .mount(fsType: fsType, flags: flags ?? []) }
        for key in ["fsType", "mountFlags"] where capability.has(key) {
            let message = "`\(capability.path(of: key))` is for the accessType mount"
            capability.log.report(.withoutEffect, at: capability.keyMark(of: key), message, hint: "remove it")
        }
        return .block
    }

    private func secretTable(_ field: Field<YAMLNode>, _ options: MappingReader) -> OrderedDictionary<String, String> {
        let path = options.path(of: field.key)
        guard let node = options[field],
            let entries = table.log.entries(node, path: path, what: "names to `{secret: …}`")
        else { return [:] }
        let read: [(String, String)] = entries.compactMap { entry in
            secrets.reference(in: entry.value, path: "\(path).\(clipped(entry.name))", log: table.log).map {
                (entry.name, $0)
            }
        }
        let sorted = read.sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
        return OrderedDictionary(uniqueKeysWithValues: sorted)
    }
}
