import Domain
import OrderedCollections
import Testing

@testable import Manifests

/// The schema says of a definition what the decoder says of it.
@Suite struct SchemaTests {
    @Test(arguments: Definitions.apps + Definitions.pods)
    func `what the decoder reads without a word is right by the schema`(text: String) throws {
        for document in flowYAML(Array(text.utf8)).documents {
            #expect(SchemaCheck().faults(of: try value(document)) == [])
        }
    }

    @Test(arguments: [
        "{cmd: run, instnces: 2}", "{cmd: 5}", "{cmd: run, instances: 1.5}", "{cmd: run, cpus: \"1\"}",
        "{cmd: run, killSelection: OLDEST}", "{cmd: run, upgradeStrategy: {minimumHealthCapacity: 1}}",
        "{cmd: run, upgradeStrategy: {minimumHealthCapacity: 2, maximumOverCapacity: 0}}",
        "{cmd: run, container: {type: RKT}}", "{cmd: run, portDefinitions: [{port: 65536}]}",
        "{cmd: run, portDefinitions: [{name: A_b}]}", "{cmd: run, constraints: [[hostname]]}",
        "{cmd: run, env: {A: {secrt: x}}}", "{cmd: run, unreachableStrategy: off}", "{cmd: run, fetch: [{}]}",
        "{containers: [{name: a}]}", "{containers: [{name: A, resources: {}}]}", "{apps: [{id: /a, cmd: 5}]}",
        "{cmd: run, networks: [{name: \"a b\"}]}", "{cmd: run, resourceLimits: {mem: lots}}",
    ])
    func `what the decoder refuses is wrong by the schema`(text: String) throws {
        #expect(state(["a.yaml": text]).problems.contains { $0.severity == .error })
        for document in flowYAML(Array(text.utf8)).documents {
            #expect(SchemaCheck().faults(of: try value(document)) != [])
        }
    }

    @Test func `every key of every form has its line, and no pattern is one that cannot be read`() throws {
        guard case .object(let root) = ManifestSchema.schema, case .object(let forms)? = root["definitions"] else {
            Issue.record("the schema has no definitions")
            return
        }
        #expect(forms.count > 50)
        for (name, form) in forms {
            guard case .object(let members) = form, case .object(let keys)? = members["properties"] else { continue }
            for (key, value) in keys where key != "$schema" {
                guard case .object(let told) = value, case .text(let line)? = told["description"] else {
                    Issue.record("\(name).\(key) has no description")
                    continue
                }
                #expect(line.hasSuffix("."), "\(name).\(key)")
                if case .text(let pattern)? = told["pattern"] { _ = try Regex(pattern) }
            }
        }
    }

    private func value(_ node: YAMLNode) throws -> FieldValue {
        switch node.content {
        case .sequence(let items): return .list(try items.map(value))
        case .mapping(let entries):
            let members = try entries.map { (try #require($0.key.writtenText), try value($0.value)) }
            return .object(OrderedDictionary(members) { first, _ in first })
        case .scalar(let text, let quoted):
            switch Scalar(text, quoted: quoted) {
            case .null: return .null
            case .flag(let flag): return .flag(flag)
            case .text(let text): return .text(text)
            case .number(let number): return .millionths(try #require(number.scaled(places: 6)))
            }
        }
    }
}

/// As much of JSON Schema as the schema uses.
private struct SchemaCheck {
    private let root = ManifestSchema.schema

    func faults(of value: FieldValue) -> [String] { faults(of: value, by: root, at: "") }

    private func faults(of value: FieldValue, by schema: FieldValue, at path: String) -> [String] {
        guard case .object(let rules) = schema else { return ["\(path): no schema"] }
        var faults: [String] = []
        if case .text(let reference)? = rules["$ref"] {
            guard case .object(let top) = root, case .object(let all)? = top["definitions"],
                let target = all[String(reference.split(separator: "/").last ?? "")]
            else { return ["\(path): \(reference) is not there"] }
            return self.faults(of: value, by: target, at: path)
        }
        if let condition = rules["if"] {
            let branch = self.faults(of: value, by: condition, at: path).isEmpty ? rules["then"] : rules["else"]
            if let branch { faults += self.faults(of: value, by: branch, at: path) }
        }
        if case .list(let all)? = rules["allOf"] { faults += all.flatMap { self.faults(of: value, by: $0, at: path) } }
        if case .list(let any)? = rules["anyOf"],
            !any.contains(where: { self.faults(of: value, by: $0, at: path).isEmpty })
        {
            faults.append("\(path): none of \(any.count) forms")
        }
        if case .text(let type)? = rules["type"], !isType(value, type) { return faults + ["\(path): not \(type)"] }
        if case .list(let words)? = rules["enum"], !words.contains(value) {
            faults.append("\(path): not one of \(words)")
        }
        faults += scalarFaults(of: value, rules, path)
        if case .list(let items) = value { faults += listFaults(of: items, rules, path) }
        if case .object(let members) = value { faults += memberFaults(of: members, rules, path) }
        return faults
    }

    private func isType(_ value: FieldValue, _ type: String) -> Bool {
        switch (value, type) {
        case (.text, "string"), (.flag, "boolean"), (.list, "array"), (.object, "object"), (.millionths, "number"): true
        case (.millionths(let number), "integer"): number % 1_000_000 == 0
        default: false
        }
    }

    private func scalarFaults(
        of value: FieldValue,
        _ rules: OrderedDictionary<String, FieldValue>,
        _ path: String
    ) -> [String] {
        func number(_ key: String) -> Int64? {
            switch rules[key] {
            case .integer(let number)?:
                number.multipliedReportingOverflow(by: 1_000_000).overflow ? nil : number * 1_000_000
            case .millionths(let number)?: number
            default: nil
            }
        }
        switch value {
        case .millionths(let found):
            let isBelow = number("minimum").map { found < $0 } ?? false
            let isAbove = number("maximum").map { found > $0 } ?? false
            return isBelow || isAbove ? ["\(path): out of range"] : []
        case .text(let text):
            let length = Int64(text.count) * 1_000_000
            let isShort = number("minLength").map { length < $0 } ?? false
            let isLong = number("maxLength").map { length > $0 } ?? false
            guard !isShort, !isLong else { return ["\(path): too short or too long"] }
            guard case .text(let pattern)? = rules["pattern"], let regex = try? Regex(pattern) else { return [] }
            return text.contains(regex) ? [] : ["\(path): not like \(pattern)"]
        default: return []
        }
    }

    private func listFaults(
        of items: [FieldValue],
        _ rules: OrderedDictionary<String, FieldValue>,
        _ path: String
    ) -> [String] {
        var faults: [String] = []
        if case .integer(let least)? = rules["minItems"], items.count < least { faults.append("\(path): too few") }
        switch rules["items"] {
        case .list(let schemas)?:
            if items.count > schemas.count { faults.append("\(path): too many") }
            faults += zip(items, schemas).flatMap { self.faults(of: $0, by: $1, at: path + "[]") }
        case let schema?: faults += items.flatMap { self.faults(of: $0, by: schema, at: path + "[]") }
        case nil: break
        }
        return faults
    }

    private func memberFaults(
        of members: OrderedDictionary<String, FieldValue>,
        _ rules: OrderedDictionary<String, FieldValue>,
        _ path: String
    ) -> [String] {
        var faults: [String] = []
        var properties: OrderedDictionary<String, FieldValue> = [:]
        if case .object(let all)? = rules["properties"] { properties = all }
        if case .list(let required)? = rules["required"] {
            for case .text(let key) in required where members[key] == nil { faults.append("\(path): no \(key)") }
        }
        for (key, value) in members {
            if let schema = properties[key] {
                faults += self.faults(of: value, by: schema, at: "\(path).\(key)")
            } else if let others = rules["additionalProperties"] {
                if others == .flag(false) { faults.append("\(path): \(key) is not known") }
                if case .object = others { faults += self.faults(of: value, by: others, at: "\(path).\(key)") }
            }
        }
        return faults
    }
}
