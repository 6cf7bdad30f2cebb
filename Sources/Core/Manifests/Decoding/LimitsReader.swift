import Domain

/// Reads `resourceLimits`: amounts, or `unlimited`.
struct LimitsReader {
    let table: MappingReader

    /// The limits; `nil` where there are none.
    /// - Parameter resources: what is set aside; no limit is below it.
    func limits(above resources: Resources) -> ResourceLimits? {
        guard let reader = table[AppForm.resourceLimits] else { return nil }
        let limits = ResourceLimits(
            cpus: limit(reader, LimitsForm.cpus, least: resources.cpus, Ranges.milliCPUs),
            mem: limit(reader, LimitsForm.mem, least: resources.mem, Ranges.milliMebibytes)
        )
        return limits == ResourceLimits() ? nil : limits
    }

    private func limit(
        _ reader: MappingReader,
        _ field: Field<YAMLNode>,
        least: Int64,
        _ range: ClosedRange<Int64>
    ) -> ResourceLimits.Limit? {
        guard let node = reader[field] else { return nil }
        if node.scalar == .text("unlimited") { return .unlimited }
        if case .text? = node.scalar {
            _ = reader.choice(field.key, among: ["unlimited"])
            return nil
        }
        guard let amount = reader.number(field.key, places: 3, in: range) else { return nil }
        guard amount >= least else {
            let asked = FieldValue(milli: least).description
            let message =
                "`\(reader.path(of: field.key))` is \(node.inWords), less than the \(asked) that are set aside"
            reader.report(.outOfRange, at: field.key, message, hint: "give at least \(asked), or write unlimited")
            return nil
        }
        return .amount(amount)
    }
}

/// Reads `executor` and `executorResources`.
struct ExecutorReader {
    let table: MappingReader

    /// Adds an executor of the app's own, with what it takes.
    func complete(_ spec: inout AppSpec) {
        let path = table[AppForm.executor]
        let resources = table[AppForm.executorResources]
        guard let path, !path.isEmpty, path != "//cmd" else {
            guard resources != nil else { return }
            let message = "`executorResources` says nothing about an app without an executor of its own"
            let hint = "remove it, or name the `executor`"
            return table.log.report(.withoutEffect, at: table.keyMark(of: "executorResources"), message, hint: hint)
        }
        guard ExecutorReader.isPath(path) else {
            let message = "`\(table.path(of: "executor"))` cannot be `\(clipped(path))`"
            return table.report(.badValue, at: "executor", message, hint: "write a path, or //cmd for Mesos's own")
        }
        spec.executor = path
        spec.executorResources = Resources(
            cpus: resources?[ExecutorResourcesForm.cpus] ?? ExecutorResourcesForm.cpus.standard,
            mem: resources?[ExecutorResourcesForm.mem] ?? ExecutorResourcesForm.mem.standard,
            disk: resources?[ExecutorResourcesForm.disk] ?? ExecutorResourcesForm.disk.standard
        )
    }

    /// Marathon's pattern: parts with single slashes between them. A quotation mark would end the shell's word.
    private static func isPath(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.dropFirst(path.hasPrefix("/") ? 1 : 0).allSatisfy { !$0.isEmpty } && !path.contains("'")
    }
}
