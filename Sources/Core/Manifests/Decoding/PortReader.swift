import Domain
import OrderedCollections

/// Reads an app's ports: `portDefinitions` on the network of the host, `container.portMappings` in others, and their
/// deprecated forms.
struct PortReader {
    let table: MappingReader
    let parts: ContainerParts
    var log: ProblemLog { table.log }

    // MARK: - On the network of the host

    /// The app's ports. One free port named `default` where nothing is said; none for `[]`.
    func definitions() -> [PortDefinition] {
        dropMappings()
        let written = table[AppForm.portDefinitions]?.map(definition)
        let legacy = legacyPorts()?.map { PortDefinition(port: $0) }
        checkConflict(written, legacy)
        guard let ports = written ?? legacy else { return [PortDefinition(port: 0, name: "default")] }
        checkUnique(ports, key: written == nil ? "ports" : "portDefinitions")
        return ports
    }

    private func definition(_ item: MappingReader) -> PortDefinition {
        PortDefinition(
            port: item[PortDefinitionForm.port],
            transport: item[PortDefinitionForm.transport],
            name: PortReader.name(item),
            labels: item[PortDefinitionForm.labels] ?? [:]
        )
    }

    private func legacyPorts() -> [Int]? {
        table.items("ports")?.compactMap { item in
            log.integer(item.node, path: item.path, in: Ranges.port).map { Int($0) }
        }
    }

    /// Marathon drops port mappings in silence where there is no network to map them from.
    private func dropMappings() {
        for reader in [parts.container, parts.docker].compactMap({ $0 }) {
            guard let node = reader.value("portMappings"), !node.saysNothing else { continue }
            log.report(
                .withoutEffect,
                at: reader.keyMark(of: "portMappings"),
                "`\(reader.path(of: "portMappings"))` says nothing on the network of the host; Marathon drops it in silence",
                hint: "write `portDefinitions`, or join a network: `networks: [{mode: container/bridge}]`"
            )
        }
    }

    /// A port's name, by Marathon's pattern `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`.
    private static func name(_ item: MappingReader) -> String? {
        guard let name = item[PortMappingForm.name], !isName(name) else { return item[PortMappingForm.name] }
        let hint = "use lower-case letters, digits and -, with a letter or digit at both ends"
        item.report(.badValue, at: "name", "`\(clipped(name))` cannot be a port's name", hint: hint)
        return nil
    }

    /// Marathon's pattern for names of ports: `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`.
    static func isName(_ text: String) -> Bool { !text.contains(".") && AppID.isSegment(text[...]) }

    private func checkConflict(_ written: [PortDefinition]?, _ legacy: [PortDefinition]?) {
        guard let legacy else { return }
        guard let written, written.map(\.port) != legacy.map(\.port) else {
            return table.reportDeprecated(AppForm.ports, readAs: "`portDefinitions`")
        }
        let other = log.words(for: table.keyMark(of: "portDefinitions"))
        log.report(
            .conflictingKeys,
            at: table.keyMark(of: "ports"),
            "`ports` names other ports than `portDefinitions` at \(other)",
            hint: "remove `ports`"
        )
    }

    private func checkUnique(_ ports: [PortDefinition], key: String) {
        checkNames(ports.map(\.name), key: key, table)
        var numbers: Set<Int> = []
        for port in ports where port.port != 0 && !numbers.insert(port.port).inserted {
            table.report(.duplicatePort, at: key, "The port \(port.port) stands twice", hint: "remove one of them")
        }
    }

    private func checkNames(_ all: [String?], key: String, _ reader: MappingReader) {
        var names: Set<String> = []
        for case let name? in all where !names.insert(name).inserted {
            reader.report(.duplicatePort, at: key, "Two ports are named `\(name)`", hint: "rename one of them")
        }
    }

    // MARK: - In other networks

    /// The ports of the app's containers. One named `default` where nothing is said; none for `[]`.
    func mappings(in networks: [Network]) -> [PortMapping] {
        let onBridge = networks.first?.mode == .bridge
        if table[AppForm.requirePorts] {
            let message = "`requirePorts` is for the network of the host: the hostPort of a mapping is what it must be"
            log.report(.withoutEffect, at: table.keyMark(of: "requirePorts"), message, hint: "remove it")
        }
        guard var mappings = writtenMappings(onBridge: onBridge) else {
            let padding = padding(beside: [], onBridge: onBridge)
            guard padding.isEmpty else { return padding }
            return [PortMapping(hostPort: onBridge ? 0 : nil, name: "default")]
        }
        mappings += padding(beside: mappings, onBridge: onBridge)
        if let reader = mappingsReader {
            checkNames(mappings.map(\.name), key: "portMappings", reader)
            checkNetworks(of: mappings, among: networks.compactMap(\.name), reader)
        }
        return mappings
    }

    /// The mapping that holds the port mappings.
    private var mappingsReader: MappingReader? {
        parts.container.flatMap { $0.has("portMappings") ? $0 : nil }
            ?? parts.docker.flatMap { $0.has("portMappings") ? $0 : nil }
    }

    private func writtenMappings(onBridge: Bool) -> [PortMapping]? {
        let written = parts.container?[ContainerForm.portMappings]?.map { mapping($0, onBridge: onBridge) }
        let old = parts.docker?[DockerForm.portMappings]?.map { mapping($0, onBridge: onBridge) }
        let discovered = discoveredPorts()
        if let docker = parts.docker, let old {
            if let written, written != old {
                let place = parts.container.map { log.words(for: $0.keyMark(of: "portMappings")) } ?? ""
                let message =
                    "`\(docker.path(of: "portMappings"))` says something else than `container.portMappings` at \(place)"
                log.report(.conflictingKeys, at: docker.keyMark(of: "portMappings"), message, hint: "remove it")
            } else {
                docker.reportDeprecated(DockerForm.portMappings, readAs: "`container.portMappings`")
            }
        }
        return written ?? old ?? discovered
    }

    private func mapping(_ item: MappingReader, onBridge: Bool) -> PortMapping {
        PortMapping(
            containerPort: item[PortMappingForm.containerPort],
            hostPort: item[PortMappingForm.hostPort] ?? (onBridge ? 0 : nil),
            servicePort: item[PortMappingForm.servicePort],
            transport: item[PortMappingForm.transport],
            name: PortReader.name(item),
            labels: item[PortMappingForm.labels] ?? [:],
            networkNames: item[PortMappingForm.networkNames] ?? []
        )
    }

    /// `ipAddress.discovery.ports`: ports of the container, which no port of the host leads to.
    private func discoveredPorts() -> [PortMapping]? {
        guard let discovery = parts.address?[AddressForm.discovery], let ports = discovery[DiscoveryForm.ports] else {
            return nil
        }
        return ports.compactMap { item in
            guard item.has(DiscoveryForm.number) else {
                item.reportMissing("number", hint: "give the port's number in the container")
                return nil
            }
            guard let number = item[DiscoveryForm.number] else { return nil }
            return PortMapping(
                containerPort: number,
                transport: item[DiscoveryForm.transport],
                name: PortReader.name(item),
                labels: item[DiscoveryForm.labels] ?? [:]
            )
        }
    }

    /// What `ports` and `portDefinitions` mean in other networks than the host's: that there are so many ports. Marathon
    /// makes empty mappings of those that have none.
    private func padding(beside mappings: [PortMapping], onBridge: Bool) -> [PortMapping] {
        let key = table.has("portDefinitions") ? "portDefinitions" : "ports"
        let written = table[AppForm.portDefinitions]?.count
        guard let count = written ?? legacyPorts()?.count, count > 0 else { return [] }
        let missing = max(0, count - mappings.count)
        let also = missing == 0 ? "" : ", but that there are \(count) ports"
        log.report(
            .withoutEffect,
            at: table.keyMark(of: key),
            "`\(key)` says nothing in a network of containers\(also)",
            hint: "write `container.portMappings`, with containerPort, hostPort and servicePort"
        )
        return Array(repeating: PortMapping(hostPort: onBridge ? 0 : nil), count: missing)
    }

    private func checkNetworks(of mappings: [PortMapping], among names: [String], _ reader: MappingReader) {
        for (index, mapping) in mappings.enumerated() {
            let path = "`\(reader.path(of: "portMappings"))[\(index)]`"
            for name in mapping.networkNames where !names.contains(name) {
                let near = Spelling.nearest(to: name, among: names)
                let hint = near.map { "did you mean `\($0)`?" } ?? "add it to `networks`"
                let message = "\(path) is for the network `\(clipped(name))`, which the app does not join"
                reader.report(.badNetworks, at: "portMappings", message, hint: hint)
            }
            guard names.count > 1, mapping.hostPort != nil, mapping.networkNames.count != 1 else { continue }
            let message = "\(path) has a port of the host, and does not say to which of the networks it leads"
            reader.report(.badNetworks, at: "portMappings", message, hint: "name one: `networkNames: [\(names[0])]`")
        }
    }
}
