import Domain
import OrderedCollections

/// Reads `networks` of an app or a pod, with Marathon's rules for which of them go together.
struct NetworkReader {
    let table: MappingReader

    /// The networks; `nil` for that of the host.
    func networks() -> [Network]? {
        let readers = table[AppForm.networks] ?? []
        let networks = readers.map(network)
        checkTogether(zip(readers, networks).map { ($0, $1) })
        let joined = networks.compactMap { $0 }
        return joined.isEmpty ? nil : joined
    }

    /// One network; `nil` for that of the host.
    private func network(_ reader: MappingReader) -> Network? {
        let standard = NetworkForm.mode.standard
        guard let mode = reader.has(NetworkForm.mode) ? reader[NetworkForm.mode.field] : standard else { return nil }
        let labels = reader[NetworkForm.labels] ?? [:]
        guard let joined = Network.Mode(rawValue: mode) else {
            for key in ["name", "labels"] where reader.has(key) {
                if key == "labels", labels.isEmpty { continue }
                let message = "`\(reader.path(of: key))` is for a network of containers, and this is the host's"
                reader.log.report(
                    .badNetworks,
                    at: reader.keyMark(of: key),
                    message,
                    hint: "remove it, or write `mode: container`"
                )
            }
            return nil
        }
        if joined == .bridge, reader.has(NetworkForm.name) {
            let message = "`\(reader.path(of: "name"))` is for the mode container: an agent has one bridge"
            reader.log.report(
                .badNetworks,
                at: reader.keyMark(of: "name"),
                message,
                hint: "remove it, or write `mode: container`"
            )
        }
        return Network(mode: joined, name: joined == .container ? name(reader) : nil, labels: labels)
    }

    private func name(_ reader: MappingReader) -> String {
        guard reader.has(NetworkForm.name) else {
            reader.reportMissing("name", hint: "name the network as the agents know it; Pacer has no default one")
            return ""
        }
        guard let name = reader[NetworkForm.name] else { return "" }
        if !NetworkReader.isName(name) {
            let hint = "use letters, digits, - and _, 1 to 63 in all"
            reader.report(.badValue, at: "name", "`\(clipped(name))` cannot be a network's name", hint: hint)
        }
        return name
    }

    /// Marathon's form of a network's name.
    static func isName(_ name: String) -> Bool {
        (1...63).contains(name.utf8.count)
            && name.utf8.allSatisfy { byte in
                switch byte {
                case 48...57, 65...90, 97...122, UInt8(ascii: "-"), UInt8(ascii: "_"): true
                default: false
                }
            }
    }

    /// Nothing or the host's alone, a bridge alone, or any number of container networks.
    private func checkTogether(_ all: [(reader: MappingReader, network: Network?)]) {
        guard let first = all.first else { return }
        for (reader, network) in all.dropFirst() where network?.mode != .container || first.network?.mode != .container
        {
            let place = table.log.words(for: first.reader.mark)
            table.log.report(
                .badNetworks,
                at: reader.mark,
                "`\(reader.path)` cannot stand beside the network at \(place)",
                hint: "an app has the host's network, a bridge, or any number of container networks"
            )
        }
        var names: Set<String> = []
        for (reader, network) in all {
            guard let name = network?.name, !name.isEmpty, !names.insert(name).inserted else { continue }
            let message = "The network `\(clipped(name))` stands twice"
            reader.report(.badNetworks, at: "name", message, hint: "remove one of them")
        }
    }
}

/// Reads an app's networks in all forms that there have been: `networks`, `ipAddress`, `container.docker.network`.
struct AppNetworkReader {
    let table: MappingReader
    let parts: ContainerParts
    var log: ProblemLog { table.log }

    /// What Marathon calls a bridge of Mesos's own (its `--mesos_bridge_name`).
    private static let bridgeName = "mesos-bridge"

    /// The networks; `nil` for that of the host.
    func networks() -> [Network]? {
        let dockerNetwork = parts.docker?[DockerForm.network]
        guard table.has(AppForm.networks) else { return legacyNetworks(dockerNetwork) }
        let networks = NetworkReader(table: table).networks()
        if let docker = parts.docker, let dockerNetwork { checkAgreement(networks, dockerNetwork, docker) }
        if parts.address != nil { conflict("ipAddress", with: "networks") }
        if parts.engine == .docker, let networks, networks.count > 1 {
            let message = "A container of the Docker daemon joins one network, not \(networks.count)"
            table.report(.badNetworks, at: "networks", message, hint: "keep one of them, or write `type: MESOS`")
        }
        return networks
    }

    private func legacyNetworks(_ dockerNetwork: String?) -> [Network]? {
        if let docker = parts.docker, dockerNetwork != nil { reportDockerNetwork(docker) }
        switch dockerNetwork {
        case "HOST"?:
            if parts.address != nil { conflict("ipAddress", with: "container.docker.network") }
            return nil
        case "BRIDGE"?: return [Network(mode: .bridge)]
        case "NONE"?:
            let message = "A container without any network, NONE, is something that Marathon gave up with version 1.5"
            parts.docker?.report(
                .notSupported,
                at: "network",
                message,
                hint: "write `networks: [{mode: container/bridge}]`"
            )
            return nil
        default: break
        }
        if let address = parts.address { return [network(of: address)] }
        guard dockerNetwork == "USER" else { return nil }
        let hint = "write `networks: [{mode: container, name: …}]`"
        parts.docker?.report(.missingKey, at: "network", "The network of the container is not named", hint: hint)
        return [Network(mode: .container, name: "")]
    }

    private func reportDockerNetwork(_ docker: MappingReader) {
        let modes = ["HOST": "host", "BRIDGE": "container/bridge", "USER": "container"]
        guard let written = docker.value("network")?.writtenText, let mode = modes[written] else { return }
        docker.reportDeprecated(DockerForm.network, readAs: "`networks: [{mode: \(mode)}]`")
    }

    private func network(of address: MappingReader) -> Network {
        table.reportDeprecated(AppForm.ipAddress, readAs: "`networks`")
        for key in ["ports", "portDefinitions"] where table.value(key).map({ !$0.saysNothing }) ?? false {
            conflict("ipAddress", with: key)
        }
        if address[AddressForm.groups]?.isEmpty == false {
            let message = "`\(address.path(of: "groups"))` were for a network isolator that is no more"
            log.report(.withoutEffect, at: address.keyMark(of: "groups"), message, hint: "remove it")
        }
        let labels = address[AddressForm.labels] ?? [:]
        guard address.has(AddressForm.networkName) else {
            address.reportMissing("networkName", hint: "write `networks: [{mode: container, name: …}]`")
            return Network(mode: .container, name: "", labels: labels)
        }
        guard let name = address[AddressForm.networkName], name != AppNetworkReader.bridgeName else {
            return Network(mode: .bridge, labels: labels)
        }
        if !NetworkReader.isName(name) {
            let hint = "use letters, digits, - and _, 1 to 63 in all"
            address.report(.badValue, at: "networkName", "`\(clipped(name))` cannot be a network's name", hint: hint)
        }
        return Network(mode: .container, name: name, labels: labels)
    }

    /// Both forms are fine as long as they say the same.
    private func checkAgreement(_ networks: [Network]?, _ old: String, _ docker: MappingReader) {
        let mode = networks?.first?.mode
        let meant: Network.Mode? = old == "BRIDGE" ? .bridge : old == "USER" ? .container : nil
        guard mode == meant, old != "NONE" else {
            let place = log.words(for: table.keyMark(of: "networks"))
            log.report(
                .conflictingKeys,
                at: docker.keyMark(of: "network"),
                "`\(docker.path(of: "network"))` says something else than `networks` at \(place)",
                hint: "remove it"
            )
            return
        }
        docker.reportDeprecated(DockerForm.network, readAs: "what `networks` says already")
    }

    private func conflict(_ key: String, with other: String) {
        let (outer, inner) = other.hasPrefix("container.docker.") ? (parts.docker ?? table, "network") : (table, other)
        let place = log.words(for: outer.keyMark(of: inner))
        let message = "`\(key)` cannot stand beside `\(other)` at \(place)"
        log.report(
            .conflictingKeys,
            at: table.keyMark(of: key),
            message,
            hint: "keep one of them; `networks` is the current form"
        )
    }
}
