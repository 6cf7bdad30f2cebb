import Domain
import OrderedCollections

/// A spec without the secrets that stand in it in clear: people put passwords into environment variables, and a git
/// repository is the last place for them. Each becomes a reference to a secret that is declared instead; where its value
/// comes from is then for the agents' secret resolver.
struct Concealment {
    /// What is left.
    private(set) var spec: AppSpec
    /// The keys whose values were left out.
    private(set) var concealed: [String] = []

    /// Parts of names that only secrets have.
    private static let signs = [
        "PASSWORD", "PASSWD", "SECRET", "TOKEN", "APIKEY", "API_KEY", "ACCESS_KEY", "PRIVATE_KEY", "CREDENTIAL",
    ]

    init(of spec: AppSpec) {
        self.spec = spec
        for (name, value) in spec.env where Concealment.isSecret(name, value) { conceal(name) }
        self.spec.fetch = spec.fetch.enumerated().map { index, file in
            guard let bare = Concealment.withoutUser(file.uri) else { return file }
            concealed.append("fetch[\(index)].uri")
            var file = file
            file.uri = bare
            return file
        }
        concealContainers()
    }

    private mutating func conceal(_ name: String) {
        spec.env.removeValue(forKey: name)
        declare(name)
        spec.secretEnv = Concealment.adding(name, to: spec.secretEnv)
        concealed.append(spec.pod == nil ? "env.\(name)" : "environment.\(name)")
    }

    private mutating func concealContainers() {
        guard let pod = spec.pod else { return }
        let containers = pod.containers.map { container in
            var container = container
            for (name, value) in container.environment where Concealment.isSecret(name, value) {
                container.environment.removeValue(forKey: name)
                declare(name)
                container.secretEnvironment = Concealment.adding(name, to: container.secretEnvironment)
                concealed.append("containers[\(container.name)].environment.\(name)")
            }
            return container
        }
        var concealedPod = PodSpec(
            containers: containers,
            executorResources: pod.executorResources,
            volumes: pod.volumes
        )
        (concealedPod.hostVolumes, concealedPod.secretVolumes) = (pod.hostVolumes, pod.secretVolumes)
        (concealedPod.linuxInfo, concealedPod.sharesCgroups) = (pod.linuxInfo, pod.sharesCgroups)
        spec.pod = concealedPod
    }

    /// A secret's name is that of its variable; where it is found is a proposal.
    private mutating func declare(_ name: String) {
        var secrets = spec.secrets ?? [:]
        guard secrets[name] == nil else { return }
        secrets[name] = "\(spec.id.path.dropFirst())/\(name.lowercased())"
        secrets.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        spec.secrets = secrets
    }

    private static func adding(
        _ name: String,
        to table: OrderedDictionary<String, String>?
    ) -> OrderedDictionary<String, String> {
        var table = table ?? [:]
        table[name] = name
        table.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return table
    }

    /// By its name, unless that is the name of a place or the value is none; or by what only keys and addresses with a
    /// password look like.
    private static func isSecret(_ name: String, _ value: String) -> Bool {
        guard !value.isEmpty else { return false }
        if value.contains("-----BEGIN") && value.contains("PRIVATE KEY-----") { return true }
        if withoutUser(value) != nil { return true }
        let name = name.uppercased()
        guard signs.contains(where: { name.contains($0) }) else { return false }
        let isPlace = ["_FILE", "_PATH", "_DIR"].contains { name.hasSuffix($0) } || value.hasPrefix("/")
        return !isPlace && value != "true" && value != "false"
    }

    /// An address without the password in it; `nil` where there is none: `http://user:password@host/…`.
    private static func withoutUser(_ uri: String) -> String? {
        guard let scheme = uri.firstRange(of: "://") else { return nil }
        let rest = uri[scheme.upperBound...]
        let authority = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
        guard let at = authority.lastIndex(of: "@"), authority[..<at].contains(":") else { return nil }
        return String(uri[..<scheme.upperBound]) + rest[rest.index(after: at)...]
    }
}
