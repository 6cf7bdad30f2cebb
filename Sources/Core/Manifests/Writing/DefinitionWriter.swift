package import Domain
import OrderedCollections

/// Writes specs as Marathon's definitions: only what differs from the defaults, in current forms, with the keys in a reader's
/// order. What is read from it is the same spec, digest for digest; but for a role that the group enforces, which is the
/// group's to say.
package enum DefinitionWriter {
    /// The definition of an app or a pod.
    /// - Parameter id: the id as it shall be written; `nil` where the file's name says it.
    package static func definition(of spec: AppSpec, id: String?) -> FieldValue {
        spec.pod.map { PodWriter(spec: spec, pod: $0).definition(id: id) } ?? AppWriter(spec: spec).definition(id: id)
    }
}

/// Writes an app.
struct AppWriter {
    let spec: AppSpec

    func definition(id: String?) -> FieldValue {
        var tree = DefinitionTree(AppForm.form)
        tree.put(AppForm.id, id)
        tree.put(AppForm.cmd, spec.cmd)
        tree.put(AppForm.args, spec.args.isEmpty ? nil : spec.args)
        tree.put(AppForm.user, spec.user)
        tree.put(AppForm.env, tree: .environment(spec.env, spec.secretEnv))
        tree.put(AppForm.secrets, tree: .secrets(spec.secrets))
        tree.put(AppForm.labels, tree: .table(spec.labels))
        putResources(into: &tree)
        tree.put(AppForm.instances, spec.instances)
        putSurroundings(into: &tree)
        putChecks(into: &tree)
        tree.put(AppForm.dependencies, tree: .listIfAny(spec.dependencies.map(FieldValue.text)))
        putPlacement(into: &tree)
        putReplacement(into: &tree)
        return tree.value
    }

    private func putResources(into tree: inout DefinitionTree) {
        tree.put(AppForm.cpus, spec.resources.cpus)
        tree.put(AppForm.mem, spec.resources.mem)
        tree.put(AppForm.disk, spec.resources.disk)
        tree.put(AppForm.gpus, spec.resources.gpus)
        tree.put(AppForm.resourceLimits, tree: spec.resourceLimits?.written)
        tree.put(AppForm.executor, spec.executor)
        guard let executor = spec.executorResources else { return }
        var resources = DefinitionTree(ExecutorResourcesForm.app)
        resources.put(ExecutorResourcesForm.cpus, executor.cpus)
        resources.put(ExecutorResourcesForm.mem, executor.mem)
        resources.put(ExecutorResourcesForm.disk, executor.disk)
        tree.put(AppForm.executorResources, tree: resources.valueIfAny)
    }

    private func putSurroundings(into tree: inout DefinitionTree) {
        tree.put(AppForm.container, tree: ContainerWriter(spec: spec).container())
        tree.put(AppForm.networks, tree: spec.networks.map { .list($0.map(\.written)) })
        if spec.isOnHostNetwork, spec.portDefinitions != [PortDefinition(port: 0, name: "default")] {
            tree.put(AppForm.portDefinitions, tree: .list(spec.portDefinitions.map(\.written)))
        }
        tree.put(AppForm.requirePorts, spec.requirePorts)
        tree.put(AppForm.fetch, tree: .listIfAny(spec.fetch.map(\.written)))
        tree.put(AppForm.tty, spec.tty == true)
    }

    private func putChecks(into tree: inout DefinitionTree) {
        tree.put(AppForm.healthChecks, tree: .listIfAny(spec.healthChecks.map(\.written)))
        tree.put(AppForm.check, tree: spec.check?.written)
        tree.put(AppForm.readinessChecks, tree: spec.readinessCheck.map { .list([$0.written]) })
    }

    private func putPlacement(into tree: inout DefinitionTree) {
        tree.put(AppForm.constraints, tree: .listIfAny(spec.constraints.map(\.written)))
        let isStandard = spec.isResident && spec.acceptedResourceRoles == ["*"]
        tree.put(AppForm.acceptedResourceRoles, isStandard ? nil : spec.acceptedResourceRoles)
        tree.put(AppForm.role, spec.enforcesGroupRole == true ? nil : spec.role)
        let waits = spec.isResident && spec.unreachableStrategy == .disabled
        tree.put(AppForm.unreachableStrategy, tree: waits ? nil : spec.unreachableStrategy?.written)
        tree.put(AppForm.residency, tree: spec.residency?.written)
    }

    private func putReplacement(into tree: inout DefinitionTree) {
        if spec.upgradeStrategy != standardStrategy {
            var strategy = DefinitionTree(UpgradeForm.app)
            strategy.put(UpgradeForm.minimumHealthCapacity, spec.upgradeStrategy.minimumHealthMillionths)
            strategy.put(UpgradeForm.maximumOverCapacity, spec.upgradeStrategy.maximumOverMillionths)
            tree.put(AppForm.upgradeStrategy, tree: strategy.value)
        }
        tree.put(AppForm.rollout, tree: spec.rollout?.written)
        tree.put(AppForm.backoffSeconds, spec.backoff.first)
        tree.put(AppForm.backoffFactor, spec.backoff.factorMillionths)
        tree.put(AppForm.maxLaunchDelaySeconds, spec.backoff.longest)
        tree.put(AppForm.taskKillGracePeriodSeconds, spec.killGracePeriod)
        tree.put(AppForm.killSelection, spec.killSelection)
    }

    /// What holds where nothing is said.
    private var standardStrategy: UpgradeStrategy {
        let isHeld = spec.isResident || spec.container?.volumes.contains(where: \.isExternal) == true
        return isHeld
            ? UpgradeStrategy(minimumHealthMillionths: 500_000, maximumOverMillionths: 0) : UpgradeStrategy()
    }
}
