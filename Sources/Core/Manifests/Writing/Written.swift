import Domain
import OrderedCollections

/// The smaller parts of definitions, each as it is written.
extension ResourceLimits {
    var written: FieldValue {
        var tree = DefinitionTree(LimitsForm.form)
        tree.put(LimitsForm.cpus, tree: cpus?.written)
        tree.put(LimitsForm.mem, tree: mem?.written)
        return tree.value
    }
}

extension ResourceLimits.Limit {
    fileprivate var written: FieldValue {
        switch self {
        case .unlimited: .text("unlimited")
        case .amount(let milli): FieldValue(milli: milli)
        }
    }
}

extension Network {
    var written: FieldValue {
        var tree = DefinitionTree(NetworkForm.form)
        // The mode is written though `container` is what holds without it: it is what a reader looks for.
        tree.put(NetworkForm.mode.field, mode.rawValue)
        tree.put(NetworkForm.name, name)
        tree.put(NetworkForm.labels, tree: .table(labels))
        return tree.value
    }
}

extension PortDefinition {
    var written: FieldValue {
        var tree = DefinitionTree(PortDefinitionForm.form)
        tree.put(PortDefinitionForm.port.field, port)
        tree.put(PortDefinitionForm.transport, transport)
        tree.put(PortDefinitionForm.name, name)
        tree.put(PortDefinitionForm.labels, tree: .table(labels))
        return tree.value
    }
}

extension FetchURI {
    var written: FieldValue {
        var tree = DefinitionTree(FetchForm.form)
        tree.put(FetchForm.uri, uri)
        tree.put(FetchForm.extract, extract)
        tree.put(FetchForm.executable, executable)
        tree.put(FetchForm.cache, cache)
        tree.put(FetchForm.destPath, destPath)
        return tree.value
    }
}

extension Constraint {
    /// As an app has it.
    var written: FieldValue {
        .list([.text(field), .text(comparison.rawValue)] + (value.map { [.text($0)] } ?? []))
    }

    /// As a pod has it.
    var writtenForPod: FieldValue {
        var tree = DefinitionTree(ConstraintForm.form)
        tree.put(ConstraintForm.fieldName, field)
        tree.put(ConstraintForm.comparison, comparison.rawValue)
        tree.put(ConstraintForm.value, tree: value.map(FieldValue.text))
        return tree.value
    }
}

extension UnreachableStrategy {
    var written: FieldValue {
        guard case .replace(let inactive, let expunge) = self else { return .text("disabled") }
        var tree = DefinitionTree(UnreachableForm.form)
        tree.put(UnreachableForm.inactiveAfterSeconds, inactive)
        tree.put(UnreachableForm.expungeAfterSeconds, expunge)
        return tree.value
    }
}

extension Residency {
    var written: FieldValue? {
        guard case .relaunch(let timeout) = self else { return nil }
        var tree = DefinitionTree(ResidencyForm.form)
        tree.put(ResidencyForm.taskLostBehavior, "RELAUNCH_AFTER_TIMEOUT")
        tree.put(ResidencyForm.relaunchEscalationTimeoutSeconds, timeout)
        return tree.value
    }
}

extension RolloutStrategy {
    var written: FieldValue? {
        var tree = DefinitionTree(RolloutForm.form)
        tree.put(RolloutForm.canary, canary)
        tree.put(RolloutForm.promotion, promotion)
        tree.put(RolloutForm.watch, watch)
        tree.put(RolloutForm.maxFailures, maxFailures)
        tree.put(RolloutForm.onFailure, onFailure)
        tree.put(RolloutForm.deadline, deadline)
        return tree.valueIfAny
    }
}

extension LinuxInfo {
    var written: FieldValue {
        var tree = DefinitionTree(LinuxForm.form)
        switch seccomp {
        case .profile(let name)?: tree.put(LinuxForm.seccomp, tree: .object(["profileName": .text(name)]))
        case .unconfined?: tree.put(LinuxForm.seccomp, tree: .object(["unconfined": .flag(true)]))
        case nil: break
        }
        var ipc: OrderedDictionary<String, FieldValue> = [:]
        if let ipcMode { ipc["mode"] = .text(ipcMode.rawValue) }
        if let shmSize { ipc["shmSize"] = .integer(Int64(shmSize)) }
        tree.put(LinuxForm.ipcInfo, tree: ipc.isEmpty ? nil : .object(ipc))
        return tree.value
    }
}
