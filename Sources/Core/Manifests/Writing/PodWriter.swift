import Domain
import OrderedCollections

/// Writes a pod.
struct PodWriter {
    let spec: AppSpec
    let pod: PodSpec

    func definition(id: String?) -> FieldValue {
        var tree = DefinitionTree(PodForm.form)
        tree.put(PodForm.id, id)
        tree.put(PodForm.user, spec.user)
        tree.put(PodForm.environment, tree: .environment(spec.env, spec.secretEnv))
        tree.put(PodForm.secrets, tree: .secrets(spec.secrets))
        tree.put(PodForm.labels, tree: .table(spec.labels))
        tree.put(PodForm.containers, tree: .list(pod.containers.map(written)))
        tree.put(PodForm.volumes, tree: .listIfAny(volumes()))
        tree.put(PodForm.networks, tree: spec.networks.map { .list($0.map(\.written)) })
        if spec.instances != 1 {
            tree.put(PodForm.scaling, tree: .object(["instances": .integer(Int64(spec.instances))]))
        }
        tree.put(PodForm.scheduling, tree: scheduling())
        var executor = DefinitionTree(ExecutorResourcesForm.pod)
        executor.put(ExecutorResourcesForm.podCPUs, pod.executorResources.cpus)
        executor.put(ExecutorResourcesForm.mem, pod.executorResources.mem)
        executor.put(ExecutorResourcesForm.podDisk, pod.executorResources.disk)
        tree.put(PodForm.executorResources, tree: executor.valueIfAny)
        tree.put(PodForm.role, spec.enforcesGroupRole == true ? nil : spec.role)
        tree.put(PodForm.linuxInfo, tree: pod.linuxInfo?.written)
        tree.put(PodForm.legacySharedCgroups, pod.sharesCgroups == true)
        tree.put(PodForm.rollout, tree: spec.rollout?.written)
        return tree.value
    }

    private func volumes() -> [FieldValue] {
        var volumes = pod.volumes.map { (name: $0, value: FieldValue.object(["name": .text($0)])) }
        volumes += (pod.hostVolumes ?? [:]).map { ($0, .object(["name": .text($0), "host": .text($1)])) }
        volumes += (pod.secretVolumes ?? [:]).map { ($0, .object(["name": .text($0), "secret": .text($1)])) }
        return volumes.sorted { $0.name < $1.name }.map(\.value)
    }

    private func scheduling() -> FieldValue? {
        var tree = DefinitionTree(SchedulingForm.form)
        var backoff = DefinitionTree(SchedulingForm.backoffForm)
        backoff.put(SchedulingForm.first, spec.backoff.first)
        backoff.put(SchedulingForm.factor, spec.backoff.factorMillionths)
        backoff.put(SchedulingForm.longest, spec.backoff.longest)
        tree.put(SchedulingForm.backoff, tree: backoff.valueIfAny)
        var upgrade = DefinitionTree(UpgradeForm.pod)
        upgrade.put(UpgradeForm.minimumHealthCapacity.standing(1_000_000), spec.upgradeStrategy.minimumHealthMillionths)
        upgrade.put(UpgradeForm.maximumOverCapacity.standing(1_000_000), spec.upgradeStrategy.maximumOverMillionths)
        tree.put(SchedulingForm.upgrade, tree: upgrade.valueIfAny)
        var placement = DefinitionTree(SchedulingForm.placementForm)
        placement.put(SchedulingForm.constraints, tree: .listIfAny(spec.constraints.map(\.writtenForPod)))
        placement.put(SchedulingForm.acceptedResourceRoles, spec.acceptedResourceRoles)
        tree.put(SchedulingForm.placement, tree: placement.valueIfAny)
        tree.put(SchedulingForm.killSelection, spec.killSelection)
        tree.put(SchedulingForm.unreachableStrategy, tree: spec.unreachableStrategy?.written)
        return tree.valueIfAny
    }

    // MARK: - Containers

    private func written(_ container: PodContainer) -> FieldValue {
        let endpoints = container.endpoints.map(\.name)
        var tree = DefinitionTree(ContainersForm.form)
        tree.put(ContainersForm.name, container.name)
        tree.put(ContainersForm.exec, tree: exec(container))
        tree.put(ContainersForm.image, tree: container.image?.writtenForPod)
        tree.put(ContainersForm.resources, tree: resources(container.resources))
        tree.put(ContainersForm.resourceLimits, tree: container.resourceLimits?.written)
        tree.put(ContainersForm.endpoints, tree: .listIfAny(container.endpoints.map(written)))
        tree.put(ContainersForm.environment, tree: .environment(container.environment, container.secretEnvironment))
        tree.put(ContainersForm.labels, tree: .table(container.labels))
        tree.put(ContainersForm.user, container.user)
        tree.put(ContainersForm.artifacts, tree: .listIfAny(container.artifacts.map(\.written)))
        tree.put(ContainersForm.healthCheck, tree: container.healthCheck?.written(endpoints: endpoints))
        tree.put(ContainersForm.check, tree: container.check?.written(endpoints: endpoints))
        var lifecycle = DefinitionTree(LifecycleForm.form)
        lifecycle.put(LifecycleForm.killGracePeriodSeconds, container.killGracePeriod)
        tree.put(ContainersForm.lifecycle, tree: lifecycle.valueIfAny)
        tree.put(ContainersForm.volumeMounts, tree: .listIfAny(container.volumeMounts.map(written)))
        tree.put(ContainersForm.linuxInfo, tree: container.linuxInfo?.written)
        tree.put(ContainersForm.tty, container.tty == true)
        return tree.value
    }

    private func exec(_ container: PodContainer) -> FieldValue? {
        var exec = DefinitionTree(CommandForm.exec)
        switch container.command {
        case .shell(let line)?: exec.put(CommandForm.command, tree: .object(["shell": .text(line)]))
        case .argv(let words)?:
            exec.put(CommandForm.command, tree: .object(["argv": .list(words.map(FieldValue.text))]))
        case nil: return nil
        }
        exec.put(CommandForm.overrideEntrypoint, container.overridesEntrypoint == true)
        return exec.value
    }

    /// What a container takes is what a reader looks for: it is written even where it is what holds without a word.
    private func resources(_ resources: Resources) -> FieldValue {
        var tree = DefinitionTree(ResourcesForm.form)
        tree.put(ResourcesForm.cpus.field, resources.cpus)
        tree.put(ResourcesForm.mem.field, resources.mem)
        tree.put(ResourcesForm.disk, resources.disk)
        tree.put(ResourcesForm.gpus, resources.gpus)
        return tree.value
    }

    private func written(_ endpoint: PodEndpoint) -> FieldValue {
        let onBridge = spec.networks?.first?.mode == .bridge
        var tree = DefinitionTree(EndpointForm.form)
        tree.put(EndpointForm.name, endpoint.name)
        tree.put(EndpointForm.containerPort, endpoint.containerPort)
        tree.put(EndpointForm.hostPort, onBridge && endpoint.hostPort == 0 ? nil : endpoint.hostPort)
        let words = endpoint.transports.map(FieldValue.text)
        tree.put(EndpointForm.transports, tree: endpoint.transports == ["tcp"] ? nil : .list(words))
        tree.put(EndpointForm.labels, tree: .table(endpoint.labels))
        tree.put(EndpointForm.networkNames, endpoint.networkNames)
        return tree.value
    }

    private func written(_ mount: VolumeMount) -> FieldValue {
        var tree = DefinitionTree(MountForm.form)
        tree.put(MountForm.name, mount.name)
        tree.put(MountForm.mountPath, mount.mountPath)
        tree.put(MountForm.readOnly, mount.isReadOnly == true)
        return tree.value
    }
}
