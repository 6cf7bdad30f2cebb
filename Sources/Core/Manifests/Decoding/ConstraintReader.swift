import Domain

/// Reads `constraints`: a set of `[field, operator]` or `[field, operator, value]`.
struct ConstraintReader {
    let table: MappingReader

    /// The app's constraints without doubles, sorted: they are a set.
    func constraints() -> [Constraint] {
        ConstraintReader.set(of: (table.items("constraints") ?? []).compactMap { constraint($0.node, $0.path) })
    }

    /// A pod's constraints, which are mappings: `{fieldName, operator, value}`.
    func podConstraints() -> [Constraint] {
        ConstraintReader.set(of: (table.items("constraints") ?? []).compactMap { podConstraint($0.node, $0.path) })
    }

    private func podConstraint(_ node: YAMLNode, _ path: String) -> Constraint? {
        guard let reader = MappingReader(node, path: path, form: ConstraintForm.form, log: table.log) else {
            return nil
        }
        let hint = "write {fieldName: hostname, operator: UNIQUE}"
        guard let field = reader.requiredText("fieldName", hint: hint) else { return nil }
        guard let name = reader.requiredText("operator", hint: hint) else { return nil }
        guard let comparison = comparison(field, name, at: (reader.mark(of: "fieldName"), reader.mark(of: "operator")))
        else { return nil }
        return constraint(field, comparison, operand: reader.value("value"), whole: node)
    }

    private static func set(of all: [Constraint]) -> [Constraint] {
        let sorted = all.sorted {
            ($0.field, $0.comparison.rawValue, $0.value ?? "") < ($1.field, $1.comparison.rawValue, $1.value ?? "")
        }
        return sorted.reduce(into: []) { set, constraint in
            if set.last != constraint { set.append(constraint) }
        }
    }

    private func constraint(_ node: YAMLNode, _ path: String) -> Constraint? {
        guard let parts = table.log.items(node, path: path) else { return nil }
        guard parts.count == 2 || parts.count == 3 else {
            let message = "`\(path)` has \(parts.count) parts; a constraint has two or three"
            return report(node.mark, message, hint: "write [field, OPERATOR] or [field, OPERATOR, value]")
        }
        guard let field = table.log.text(parts[0].node, path: parts[0].path) else { return nil }
        guard let name = table.log.text(parts[1].node, path: parts[1].path) else { return nil }
        guard let comparison = comparison(field, name, at: (parts[0].node.mark, parts[1].node.mark)) else { return nil }
        return constraint(field, comparison, operand: parts.count == 3 ? parts[2].node : nil, whole: node)
    }

    private func comparison(
        _ field: String,
        _ name: String,
        at marks: (field: Mark, name: Mark)
    ) -> Constraint.Operator? {
        guard !field.isEmpty else {
            return report(marks.field, "A constraint's field is empty", hint: "name hostname or an agent's attribute")
        }
        if let comparison = Constraint.Operator(rawValue: name.uppercased()) { return comparison }
        let names = Constraint.Operator.allCases.map(\.rawValue)
        let near = Spelling.nearest(to: name, among: names)
        let hint = near.map { "did you mean \($0)?" } ?? "use one of \(names.joined(separator: ", "))"
        return report(marks.name, "`\(clipped(name))` is not an operator of constraints", hint: hint)
    }

    private func constraint(
        _ field: String,
        _ comparison: Constraint.Operator,
        operand: YAMLNode?,
        whole: YAMLNode
    ) -> Constraint? {
        // A bare number is a text here: `[hostname, MAX_PER, 2]` is how people write it.
        var value = operand?.writtenText
        guard operand == nil || value != nil, !(value?.utf8.contains(0) ?? false) else {
            return report(operand?.mark ?? whole.mark, "A constraint's value must be text", hint: "write one text")
        }
        if value?.isEmpty == true || operand?.isNull == true { value = nil }
        let mark = operand?.mark ?? whole.mark
        if let complaint = ConstraintReader.complaint(about: value, of: comparison) {
            return report(mark, "\(comparison.rawValue) \(complaint.message)", hint: complaint.hint)
        }
        if let text = value, comparison == .groupBy || comparison == .maxPer { value = Int64(text).map { "\($0)" } }
        return Constraint(field: field, comparison: comparison, value: value)
    }

    /// What is wrong with an operator's value (Marathon's rules for each).
    private static func complaint(
        about value: String?,
        of comparison: Constraint.Operator
    ) -> (message: String, hint: String)? {
        switch (comparison, value) {
        case (.unique, nil), (.cluster, _), (.groupBy, nil): return nil
        case (.unique, .some): return ("takes no value", "write [field, UNIQUE]")
        case (.groupBy, .some(let text)), (.maxPer, .some(let text)):
            guard let count = Int64(text), count > 0, count <= 1_000_000 else {
                return (
                    "takes a whole number above 0, not `\(clipped(text))`",
                    "write for example [field, \(comparison.rawValue), 2]"
                )
            }
            return nil
        case (.maxPer, nil): return ("needs a number", "write for example [hostname, MAX_PER, 2]")
        case (.like, nil), (.unlike, nil):
            return ("needs a regular expression", "write for example [rack, LIKE, \"rack-[0-9]+\"]")
        case (.like, .some(let pattern)), (.unlike, .some(let pattern)):
            guard let fault = PatternCheck.fault(in: pattern) else { return nil }
            return ("has a pattern that \(fault)", "write a plain regular expression: it must match the whole value")
        case (.isValue, .some(let text)):
            guard !text.utf8.allSatisfy(isPlain) else { return nil }
            return ("cannot compare with `\(clipped(text))`", "use letters, digits, _ / . and -")
        case (.isValue, nil): return ("needs a value", "write for example [zone, IS, eu-1]")
        }
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch UInt32(byte) {
        case 48...57, 65...90, 97...122: true
        default: [UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-")].contains(byte)
        }
    }

    private func report<Value>(_ mark: Mark, _ message: String, hint: String) -> Value? {
        table.log.report(.badConstraint, at: mark, message, hint: hint)
        return nil
    }
}
