import Domain
import OrderedCollections

/// Reads one app's fields, with Marathon's defaults, ranges and cross-field rules (the Marathon 1.11 definition).
struct AppReader {
    let table: MappingReader
    var log: ProblemLog { table.log }

    /// The app's spec without its dependencies. Where a value is wrong it is reported and its default stands in.
    func spec(id: AppID) -> AppSpec {
        var spec = AppSpec(id: id)
        let secrets = SecretReader(table: table).secrets()
        spec.secrets = secrets.declared
        spec.user = table[AppForm.user]
        (spec.env, spec.secretEnv) = EnvironmentReader(table: table, secrets: secrets).variables(AppForm.env)
        spec.labels = table[AppForm.labels] ?? [:]
        spec.resources = resources()
        spec.resourceLimits = LimitsReader(table: table).limits(above: spec.resources)
        spec.instances = table[AppForm.instances]
        readContainer(into: &spec, secrets)
        spec.fetch = FetchReader(table: table).files()
        readChecks(into: &spec)
        spec.upgradeStrategy = upgradeStrategy()
        spec.constraints = ConstraintReader(table: table).constraints()
        spec.backoff = BackoffPolicy(
            first: table[AppForm.backoffSeconds],
            factorMillionths: table[AppForm.backoffFactor],
            longest: table[AppForm.maxLaunchDelaySeconds]
        )
        spec.killGracePeriod = table[AppForm.taskKillGracePeriodSeconds]
        spec.killSelection = table[AppForm.killSelection]
        spec.rollout = RolloutReader(table: table, instances: spec.instances).strategy()
        let placement = PlacementReader(table: table)
        spec.role = placement.role()
        spec.acceptedResourceRoles = placement.acceptedResourceRoles()
        spec.unreachableStrategy = placement.unreachableStrategy()
        spec.tty = table[AppForm.tty] ? true : nil
        ExecutorReader(table: table).complete(&spec)
        ResidentReader(table: table).complete(&spec)
        checkSingleInstance(spec)
        checkMigration(spec)
        checkGPUs(spec)
        return spec
    }

    // MARK: - What runs

    private func readContainer(into spec: inout AppSpec, _ secrets: DeclaredSecrets) {
        let parts = ContainerParts(table)
        readCommand(into: &spec, hasImage: parts.namesImage)
        let volumes = VolumesReader(parts: parts, secrets: secrets).volumes()
        spec.persistentVolumes = volumes.persistent.isEmpty ? nil : volumes.persistent
        spec.container = ContainerReader(parts: parts, secrets: secrets).container(with: volumes.others)
        let networks = AppNetworkReader(table: table, parts: parts).networks()
        spec.networks = networks
        let ports = PortReader(table: table, parts: parts)
        if let networks {
            spec.portDefinitions = []
            spec.portMappings = ports.mappings(in: networks)
        } else {
            spec.portDefinitions = ports.definitions()
            spec.requirePorts = table[AppForm.requirePorts]
        }
    }

    private func readCommand(into spec: inout AppSpec, hasImage: Bool) {
        spec.cmd = table[AppForm.cmd]
        spec.args = table[AppForm.args] ?? []
        let hasArguments = table.value("args").map { !$0.saysNothing } ?? false
        switch (table.has(AppForm.cmd), hasArguments) {
        case (true, true):
            let other = log.words(for: table.keyMark(of: "cmd"))
            log.report(
                .commandOrArguments,
                at: table.keyMark(of: "args"),
                "An app has either `cmd` or `args`; this one has `cmd` at \(other) too",
                hint: "keep `cmd` for a shell command, or `args` for a program with its arguments"
            )
        case (false, false):
            guard !hasImage else { return }
            log.report(
                .commandOrArguments,
                at: table.mark,
                "The app has neither `cmd` nor `args`, nor an image that brings its own command",
                hint: "say what to run: `cmd: ./serve --port $PORT0`"
            )
        case (true, false), (false, true): break
        }
    }

    private func resources() -> Resources {
        Resources(
            cpus: table[AppForm.cpus],
            mem: table[AppForm.mem],
            disk: table[AppForm.disk],
            gpus: table[AppForm.gpus]
        )
    }

    private func readChecks(into spec: inout AppSpec) {
        let ports = spec.ports
        let isDocker = spec.container?.engine == .docker
        spec.check = table[AppForm.check].flatMap { AppCheckReader(table: $0, ports: ports).check() }
        if isDocker, spec.check != nil {
            let message = "`\(table.path(of: "check"))` cannot look into a container of the Docker daemon"
            let hint = "use a healthCheck, or the container type MESOS"
            log.report(.notSupported, at: table.keyMark(of: "check"), message, hint: hint)
        }
        spec.readinessCheck = ReadinessReader(table: table, ports: ports).check()
        spec.healthChecks = HealthCheckReader(table: table, ports: ports, isDocker: isDocker).checks()
        CheckSlots(table: table).check(spec)
    }

    // MARK: - How it is replaced

    private func upgradeStrategy() -> UpgradeStrategy {
        guard let strategy = table[AppForm.upgradeStrategy] else { return UpgradeStrategy() }
        for key in [UpgradeForm.minimumHealthCapacity.key, UpgradeForm.maximumOverCapacity.key]
        where !strategy.has(key) {
            strategy.reportMissing(key, hint: "give both members, each from 0 to 1, or none of them")
        }
        return UpgradeStrategy(
            minimumHealthMillionths: strategy[UpgradeForm.minimumHealthCapacity] ?? 1_000_000,
            maximumOverMillionths: strategy[UpgradeForm.maximumOverCapacity] ?? 1_000_000
        )
    }

    /// Mesos's own engine alone gives GPUs to containers.
    private func checkGPUs(_ spec: AppSpec) {
        guard spec.resources.gpus > 0, spec.container?.engine == .docker else { return }
        let message = "`\(table.path(of: "gpus"))` are for containers of the type MESOS: the Docker daemon gets none"
        table.report(.badValue, at: "gpus", message, hint: "write `type: MESOS`, or remove them")
    }

    /// `DCOS_MIGRATION_API_VERSION`: one version there is, and it needs to be told where and of what (Marathon's rule).
    private func checkMigration(_ spec: AppSpec) {
        guard let version = spec.labels["DCOS_MIGRATION_API_VERSION"], !version.isEmpty else { return }
        let missing = ["DCOS_PACKAGE_FRAMEWORK_NAME", "DCOS_MIGRATION_API_PATH"].filter {
            spec.labels[$0]?.isEmpty ?? true
        }
        if version != "v1" {
            let message = "The label DCOS_MIGRATION_API_VERSION cannot be `\(clipped(version))`"
            table.report(.badValue, at: "labels", message, hint: "write v1, or remove the label")
        } else if let label = missing.first {
            let message = "The label DCOS_MIGRATION_API_VERSION needs \(label) too"
            table.report(.badValue, at: "labels", message, hint: "add it, or remove the label")
        }
    }

    /// `MARATHON_SINGLE_INSTANCE_APP`: no two instances at any time, not even during a replacement.
    private func checkSingleInstance(_ spec: AppSpec) {
        guard spec.labels["MARATHON_SINGLE_INSTANCE_APP"] == "true" else { return }
        let nothing = UpgradeStrategy(minimumHealthMillionths: 0, maximumOverMillionths: 0)
        if spec.instances > 1 {
            let message = "The label MARATHON_SINGLE_INSTANCE_APP allows one instance; there shall be \(spec.instances)"
            table.report(.singleInstance, at: "instances", message, hint: "set `instances` to 1, or remove the label")
        }
        if spec.upgradeStrategy != nothing {
            table.report(
                .singleInstance,
                at: "upgradeStrategy",
                "The label MARATHON_SINGLE_INSTANCE_APP needs an upgradeStrategy of 0 and 0",
                hint: "write `upgradeStrategy: {minimumHealthCapacity: 0, maximumOverCapacity: 0}`"
            )
        }
    }
}
