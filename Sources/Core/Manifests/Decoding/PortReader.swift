import Domain
import OrderedCollections

/// Reads `portDefinitions`, and `ports`, their deprecated form.
struct PortReader {
    let table: MappingReader

    /// The app's ports. One free port named `default` where nothing is said; none for `[]`.
    func definitions() -> [PortDefinition] {
        let written = table.items("portDefinitions")?.compactMap { definition($0.node, $0.path) }
        let legacy = table.items("ports")?.compactMap { item in
            table.log.integer(item.node, path: item.path, in: 0...65535).map { PortDefinition(port: Int($0)) }
        }
        checkConflict(written, legacy)
        guard let ports = written ?? legacy else { return [PortDefinition(port: 0, name: "default")] }
        checkUnique(ports, key: written == nil ? "ports" : "portDefinitions")
        return ports
    }

    private func definition(_ node: YAMLNode, _ path: String) -> PortDefinition? {
        guard let item = MappingReader(node, path: path, keys: AppKeys.portDefinition, log: table.log) else {
            return nil
        }
        let port = item.integer("port", in: 0...65535) ?? 0
        let transport = item.choice("protocol", among: ["tcp", "udp", "udp,tcp"]) ?? "tcp"
        let labels = item.textTable("labels") ?? [:]
        var name = item.text("name")
        if let text = name, !PortReader.isName(text) {
            let hint = "use lower-case letters, digits and -, with a letter or digit at both ends"
            item.report(.badValue, at: "name", "`\(clipped(text))` cannot be a port's name", hint: hint)
            name = nil
        }
        return PortDefinition(port: Int(port), transport: transport, name: name, labels: labels)
    }

    /// Marathon's pattern for names of ports: `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`.
    static func isName(_ text: String) -> Bool { !text.contains(".") && AppID.isSegment(text[...]) }

    private func checkConflict(_ written: [PortDefinition]?, _ legacy: [PortDefinition]?) {
        guard let legacy else { return }
        let log = table.log
        guard let written, written.map(\.port) != legacy.map(\.port) else {
            let message = "`\(table.path(of: "ports"))` is deprecated; it is read as `portDefinitions`"
            log.report(
                .deprecated,
                at: table.keyMark(of: "ports"),
                message,
                hint: "write `portDefinitions: [{port: …}]`"
            )
            return
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
        var names: Set<String> = []
        var numbers: Set<Int> = []
        for port in ports {
            if let name = port.name, !names.insert(name).inserted {
                table.report(.duplicatePort, at: key, "Two ports are named `\(name)`", hint: "rename one of them")
            }
            if port.port != 0, !numbers.insert(port.port).inserted {
                table.report(.duplicatePort, at: key, "The port \(port.port) stands twice", hint: "remove one of them")
            }
        }
    }
}
