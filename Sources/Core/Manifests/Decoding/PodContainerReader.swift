import Domain
import OrderedCollections

/// Reads one container of a pod, with Marathon's defaults and ranges.
struct PodContainerReader {
    /// A container, with the places of what is compared over the whole pod.
    struct Result {
        var container: PodContainer
        var endpoints: [(endpoint: PodEndpoint, reader: MappingReader)]
        var mounts: [(mount: VolumeMount, reader: MappingReader)]
    }

    let table: MappingReader
    /// The networks that the pod joins; `nil` for that of the host.
    let networks: [Network]?
    let secrets: DeclaredSecrets
    var log: ProblemLog { table.log }

    /// The container. Where a value is wrong it is reported and its default stands in.
    func container() -> Result {
        let endpoints = endpoints()
        let mounts = mounts()
        let image = image()
        let exec = exec(hasImage: image != nil || table.has(ContainersForm.image))
        let environment = PodEnvironmentReader(table: table, secrets: secrets).variables(ContainersForm.environment)
        let checks = ContainerCheckReader(table: table, endpoints: endpoints.map(\.endpoint.name))
        var container = PodContainer(
            name: PodContainerReader.name(table, of: "container") ?? "",
            command: exec.command,
            resources: resources(),
            endpoints: endpoints.map(\.endpoint),
            environment: environment.plain,
            labels: table[ContainersForm.labels] ?? [:],
            user: table[ContainersForm.user],
            artifacts: FetchReader(table: table).artifacts(),
            healthCheck: checks.healthCheck(),
            killGracePeriod: table[ContainersForm.lifecycle]?[LifecycleForm.killGracePeriodSeconds],
            volumeMounts: mounts.map(\.mount)
        )
        container.secretEnvironment = environment.secret
        container.overridesEntrypoint = exec.overrides ? true : nil
        container.image = image
        container.resourceLimits = LimitsReader(table: table).limits(above: container.resources)
        container.check = checks.check()
        container.linuxInfo = table[ContainersForm.linuxInfo].flatMap { LinuxReader(table: $0).info() }
        container.tty = table[ContainersForm.tty] ? true : nil
        return Result(container: container, endpoints: endpoints, mounts: mounts)
    }

    /// A name as Marathon wants it of containers, endpoints and volumes: `^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`, at most 63.
    static func name(_ reader: MappingReader, of what: String) -> String? {
        guard let name = reader.requiredText("name", hint: "give the \(what) a name") else { return nil }
        guard name.utf8.count > 63 || !PortReader.isName(name) else { return name }
        let hint = "use lower-case letters, digits and -, with a letter or digit at both ends, at most 63 in all"
        reader.report(.badValue, at: "name", "`\(clipped(name))` cannot be the name of a \(what)", hint: hint)
        return nil
    }

    // MARK: - What runs

    private func exec(hasImage: Bool) -> (command: PodContainer.Command?, overrides: Bool) {
        let hint = "say what to run: `exec: {command: {shell: ./serve --port $ENDPOINT_HTTP}}`"
        guard table.has(ContainersForm.exec) else {
            // An image may bring its own command.
            if !hasImage {
                let message = "`\(table.path)` has no `exec`, nor an image that brings its own command"
                log.report(.commandOrArguments, at: table.mark, message, hint: hint)
            }
            return (nil, false)
        }
        guard let exec = table[ContainersForm.exec] else { return (nil, false) }
        if exec.has(CommandForm.overrideEntrypoint), !hasImage {
            let message = "`\(exec.path(of: "overrideEntrypoint"))` has no effect without an image"
            exec.report(.withoutEffect, at: "overrideEntrypoint", message, hint: "remove it")
        }
        let overrides = exec[CommandForm.overrideEntrypoint] && hasImage
        return (PodContainerReader.command(exec, hint: hint), overrides)
    }

    /// `command: {shell: …}` or `command: {argv: […]}`.
    static func command(_ exec: MappingReader, hint: String) -> PodContainer.Command? {
        guard exec.has(CommandForm.command) else {
            exec.reportMissing("command", hint: hint)
            return nil
        }
        guard let command = exec[CommandForm.command] else { return nil }
        switch (command.has(CommandForm.shell), command.has(CommandForm.argv)) {
        case (true, false): return command[CommandForm.shell].map(PodContainer.Command.shell)
        case (false, true):
            guard let words = command[CommandForm.argv] else { return nil }
            if !words.isEmpty { return .argv(words) }
            command.report(.badValue, at: "argv", "`\(command.path(of: "argv"))` is empty", hint: hint)
            return nil
        default:
            let what = command.has("argv") ? "both `shell` and `argv`" : "neither `shell` nor `argv`"
            exec.log.report(.commandOrArguments, at: command.mark, "`\(command.path)` has \(what)", hint: hint)
            return nil
        }
    }

    private func image() -> ContainerImage? {
        guard let reader = table[ContainersForm.image] else { return nil }
        if !reader.has(ImageForm.kind) {
            reader.reportMissing("kind", hint: "write `kind: DOCKER`")
        }
        _ = reader[ImageForm.kind]
        guard reader.has(ImageForm.id) else {
            reader.reportMissing("id", hint: "name the image, as `docker pull` takes it")
            return nil
        }
        guard let name = reader[ImageForm.id] else { return nil }
        var image = ContainerImage(name: name, forcePull: reader[ImageForm.forcePull])
        image.pullSecret = PullReader(table: reader, secrets: secrets).secret()
        let labels = reader[ImageForm.labels] ?? [:]
        image.labels = labels.isEmpty ? nil : labels
        return image
    }

    private func resources() -> Resources {
        guard table.has(ContainersForm.resources) else {
            table.reportMissing("resources", hint: "write `resources: {cpus: 1, mem: 128}`")
            return .zero
        }
        guard let resources = table[ContainersForm.resources] else { return .zero }
        return Resources(
            cpus: resources[ResourcesForm.cpus],
            mem: resources[ResourcesForm.mem],
            disk: resources[ResourcesForm.disk],
            gpus: resources[ResourcesForm.gpus]
        )
    }

    // MARK: - Endpoints and mounts

    private func endpoints() -> [(endpoint: PodEndpoint, reader: MappingReader)] {
        (table[ContainersForm.endpoints] ?? []).map { reader in
            var endpoint = PodEndpoint(
                name: PodContainerReader.name(reader, of: "endpoint") ?? "",
                hostPort: reader[EndpointForm.hostPort],
                transports: transports(reader),
                labels: reader[EndpointForm.labels] ?? [:]
            )
            if networks == nil {
                completeOnHost(&endpoint, reader)
            } else {
                completeInContainer(&endpoint, reader)
            }
            return (endpoint, reader)
        }
    }

    private func completeOnHost(_ endpoint: inout PodEndpoint, _ reader: MappingReader) {
        if !reader.has(EndpointForm.hostPort) {
            reader.reportMissing("hostPort", hint: "write `hostPort: 0` for any port of the host, or its number")
        }
        endpoint.hostPort = endpoint.hostPort ?? 0
        for key in ["containerPort", "networkNames"] where reader.has(key) {
            let message = "`\(reader.path(of: key))` says nothing on the network of the host"
            let hint = "remove it: the program listens on the host port that ENDPOINT_NAME tells it"
            reader.log.report(.withoutEffect, at: reader.keyMark(of: key), message, hint: hint)
        }
    }

    private func completeInContainer(_ endpoint: inout PodEndpoint, _ reader: MappingReader) {
        if !reader.has(EndpointForm.containerPort) {
            reader.reportMissing("containerPort", hint: "give the port's number in the container")
        }
        endpoint.containerPort = reader[EndpointForm.containerPort] ?? 0
        if networks?.first?.mode == .bridge { endpoint.hostPort = endpoint.hostPort ?? 0 }
        let names = reader[EndpointForm.networkNames] ?? []
        endpoint.networkNames = names.isEmpty ? nil : names
    }

    /// `protocol` is a list, or one word.
    private func transports(_ reader: MappingReader) -> [String] {
        guard let node = reader[EndpointForm.transports] else { return ["tcp"] }
        guard case .sequence(let items) = node.content else {
            return reader.choice("protocol", among: ["tcp", "udp"]).map { [$0] } ?? ["tcp"]
        }
        let words = items.compactMap(\.writtenText)
        let isUsable = words.count == items.count && words.allSatisfy { ["tcp", "udp"].contains($0) }
        guard isUsable, Set(words).count == words.count else {
            let message = "`\(reader.path(of: "protocol"))` must list tcp, udp or both, each once"
            reader.report(.badValue, at: "protocol", message, hint: "write `protocol: [tcp]`")
            return ["tcp"]
        }
        return words.isEmpty ? ["tcp"] : words.sorted()
    }

    private func mounts() -> [(mount: VolumeMount, reader: MappingReader)] {
        (table[ContainersForm.volumeMounts] ?? []).compactMap { reader in
            guard let name = PodContainerReader.name(reader, of: "volume"),
                let path = reader.requiredText("mountPath", hint: "say where the container sees the volume")
            else { return nil }
            if path.isEmpty {
                let message = "`\(reader.path(of: "mountPath"))` is empty"
                reader.report(.badValue, at: "mountPath", message, hint: "say where the container sees the volume")
            }
            var mount = VolumeMount(name: name, mountPath: path)
            mount.isReadOnly = reader[MountForm.readOnly] ? true : nil
            return (mount, reader)
        }
    }
}
