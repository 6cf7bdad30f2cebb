import Domain
import OrderedCollections

/// The secrets that an app or a pod declares, for those that refer to them.
struct DeclaredSecrets {
    /// Name to source, sorted by name; `nil` where nothing is declared.
    let declared: OrderedDictionary<String, String>?
    /// The names that are declared, rightly or wrongly.
    let names: Set<String>

    /// Reports a name that is not declared.
    func check(_ name: String, at mark: Mark, what: String, log: ProblemLog) {
        guard !names.contains(name) else { return }
        let near = Spelling.nearest(to: name, among: names)
        log.report(
            .unknownSecret,
            at: mark,
            "\(what) refers to the secret `\(clipped(name))`, which `secrets` does not declare",
            hint: near.map { "did you mean `\($0)`?" } ?? "declare it: `secrets: {\(clipped(name)): {source: …}}`"
        )
    }

    /// The secret that a value `{secret: name}` refers to.
    func reference(in node: YAMLNode, path: String, log: ProblemLog) -> String? {
        guard let reader = MappingReader(node, path: path, form: EnvironmentForm.reference, log: log) else {
            return nil
        }
        guard reader.has(EnvironmentForm.secret) else {
            reader.reportMissing("secret", hint: "name a secret that `secrets` declares, or write text")
            return nil
        }
        guard let name = reader[EnvironmentForm.secret] else { return nil }
        check(name, at: reader.mark(of: "secret"), what: "`\(path)`", log: log)
        return name
    }
}

/// Reads `secrets`: names with the place where each one's value is found.
struct SecretReader {
    let table: MappingReader

    /// What is declared.
    func secrets() -> DeclaredSecrets {
        let path = table.path(of: AppForm.secrets.key)
        guard let node = table[AppForm.secrets],
            let entries = table.log.entries(node, path: path, what: "names to `{source: …}`")
        else { return DeclaredSecrets(declared: nil, names: []) }
        var secrets: [(key: String, value: String)] = []
        for entry in entries {
            guard let reader = reader(of: entry, path) else { continue }
            guard reader.has(SecretForm.source) else {
                reader.reportMissing("source", hint: "say where the secret is found; its value never stands in a file")
                continue
            }
            if let source = reader[SecretForm.source] { secrets.append((entry.name, source)) }
        }
        secrets.sort { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        let table = OrderedDictionary(uniqueKeysWithValues: secrets)
        return DeclaredSecrets(declared: table.isEmpty ? nil : table, names: Set(entries.map(\.name)))
    }

    private func reader(of entry: (name: String, value: YAMLNode), _ path: String) -> MappingReader? {
        MappingReader(entry.value, path: "\(path).\(clipped(entry.name))", form: SecretForm.form, log: table.log)
    }
}

/// Reads `env` of an app and `environment` of a pod: text, or a reference to a secret.
struct EnvironmentReader {
    let table: MappingReader
    let secrets: DeclaredSecrets

    /// The variables with text, and those with a secret (`nil` for none); both sorted by name.
    func variables(
        _ field: Field<YAMLNode>
    ) -> (plain: OrderedDictionary<String, String>, secret: OrderedDictionary<String, String>?) {
        guard let node = table[field] else { return ([:], nil) }
        guard case .mapping(let entries) = node.content else { return (table.textTable(field.key) ?? [:], nil) }
        let path = table.path(of: field.key)
        let hasReferences = entries.contains(where: EnvironmentReader.isReference)
        var plain = node
        if hasReferences { plain.content = .mapping(entries.filter { !EnvironmentReader.isReference($0) }) }
        let env = table.log.textTable(plain, path: path) ?? [:]
        let references = hasReferences ? references(entries.filter(EnvironmentReader.isReference), path) : []
        for name in Array(env.keys) + references.map(\.key) where name.utf8.contains(UInt8(ascii: "=")) {
            let hint = "remove the = from the name"
            table.report(.badValue, at: field.key, "The variable name `\(clipped(name))` holds a =", hint: hint)
        }
        for (name, _) in references where env[name] != nil {
            let message = "The variable `\(clipped(name))` stands twice: as text and as a secret"
            table.report(.duplicateKey, at: field.key, message, hint: "keep one of them")
        }
        let table = OrderedDictionary(references) { first, _ in first }
        return (env, table.isEmpty ? nil : table)
    }

    private func references(_ entries: [YAMLNode.Entry], _ path: String) -> [(key: String, value: String)] {
        let read: [(key: String, value: String)] = entries.compactMap { entry in
            guard let name = entry.key.writtenText else { return nil }
            let place = "\(path).\(clipped(name))"
            return secrets.reference(in: entry.value, path: place, log: table.log).map { (name, $0) }
        }
        return read.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }

    private static func isReference(_ entry: YAMLNode.Entry) -> Bool {
        if case .mapping = entry.value.content { true } else { false }
    }
}

extension ProblemLog {
    /// The entries of a mapping with free keys, without those that stand twice, which is reported.
    func entries(_ node: YAMLNode, path: String, what: String) -> [(name: String, value: YAMLNode)]? {
        guard case .mapping(let entries) = node.content else {
            let message = "`\(path)` must be a mapping of \(what), but is \(node.kindInWords)"
            report(.wrongType, at: node.mark, message, hint: "write it as lines of `name: …`")
            return nil
        }
        var seen: [String: Mark] = [:]
        var result: [(name: String, value: YAMLNode)] = []
        for entry in entries {
            guard let name = entry.key.writtenText else { continue }
            if let first = seen[name] {
                let place = words(for: first)
                let message = "`\(path).\(clipped(name))` stands here a second time; the first is at \(place)"
                report(.duplicateKey, at: entry.key.mark, message, hint: "keep one of them")
            } else {
                seen[name] = entry.key.mark
                result.append((name, entry.value))
            }
        }
        return result
    }
}
