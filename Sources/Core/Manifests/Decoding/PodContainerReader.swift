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
    var log: ProblemLog { table.log }

    /// The container. Where a value is wrong it is reported and its default stands in.
    func container() -> Result {
        let endpoints = endpoints()
        let mounts = mounts()
        let container = PodContainer(
            name: PodContainerReader.name(table, of: "container") ?? "",
            command: command(),
            resources: resources(),
            endpoints: endpoints.map(\.endpoint),
            environment: PodEnvironmentReader(table: table).variables(),
            labels: table.textTable("labels") ?? [:],
            user: AppReader(table: table).nonEmptyText("user"),
            artifacts: FetchReader(table: table).artifacts(),
            healthCheck: ContainerCheckReader(table: table, endpoints: endpoints.map(\.endpoint.name)).check(),
            killGracePeriod: killGracePeriod(),
            volumeMounts: mounts.map(\.mount)
        )
        if table.flag("tty") == true {
            let message = "`\(table.path(of: "tty"))` is not supported by Pacer yet"
            log.report(.notSupported, at: table.keyMark(of: "tty"), message, hint: "remove it")
        }
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

    private func command() -> PodContainer.Command {
        let hint = "say what to run: `exec: {command: {shell: ./serve --port $ENDPOINT_HTTP}}`"
        guard table.has("exec") else {
            // An image may bring its own command; that images are not supported is told already.
            if !table.has("image") {
                let message = "`\(table.path)` has no `exec`"
                log.report(.commandOrArguments, at: table.mark, message, hint: hint)
            }
            return .shell("")
        }
        guard let exec = table.mapping("exec", keys: PodKeys.exec) else { return .shell("") }
        if exec.has("overrideEntrypoint") {
            let message = "`\(exec.path(of: "overrideEntrypoint"))` has no effect without an image"
            exec.report(.withoutEffect, at: "overrideEntrypoint", message, hint: "remove it")
        }
        return PodContainerReader.command(exec, hint: hint) ?? .shell("")
    }

    /// `command: {shell: …}` or `command: {argv: […]}`.
    static func command(_ exec: MappingReader, hint: String) -> PodContainer.Command? {
        guard exec.has("command") else {
            exec.reportMissing("command", hint: hint)
            return nil
        }
        guard let command = exec.mapping("command", keys: PodKeys.command) else { return nil }
        switch (command.has("shell"), command.has("argv")) {
        case (true, false): return AppReader(table: command).nonEmptyText("shell").map(PodContainer.Command.shell)
        case (false, true):
            guard let words = command.texts("argv") else { return nil }
            if !words.isEmpty { return .argv(words) }
            command.report(.badValue, at: "argv", "`\(command.path(of: "argv"))` is empty", hint: hint)
            return nil
        default:
            let what = command.has("argv") ? "both `shell` and `argv`" : "neither `shell` nor `argv`"
            exec.log.report(.commandOrArguments, at: command.mark, "`\(command.path)` has \(what)", hint: hint)
            return nil
        }
    }

    private func resources() -> Resources {
        guard table.has("resources") else {
            table.reportMissing("resources", hint: "write `resources: {cpus: 1, mem: 128}`")
            return .zero
        }
        guard let resources = table.mapping("resources", keys: PodKeys.resources) else { return .zero }
        let mebibytes: ClosedRange<Int64> = 0...1_000_000_000_000
        return Resources(
            cpus: resources.number("cpus", places: 3, in: 1...1_000_000_000) ?? 1000,
            mem: resources.number("mem", places: 3, in: 1...mebibytes.upperBound) ?? 128_000,
            disk: resources.number("disk", places: 3, in: mebibytes) ?? 0,
            gpus: (resources.integer("gpus", in: 0...1_000_000) ?? 0) * 1000
        )
    }

    private func killGracePeriod() -> Milliseconds? {
        table.mapping("lifecycle", keys: PodKeys.lifecycle)?
            .number("killGracePeriodSeconds", places: 3, in: 1...1_000_000_000_000)
            .map(Milliseconds.init)
    }

    // MARK: - Endpoints and mounts

    private func endpoints() -> [(endpoint: PodEndpoint, reader: MappingReader)] {
        (table.items("endpoints") ?? []).compactMap { item in
            guard let reader = MappingReader(item.node, path: item.path, keys: PodKeys.endpoint, log: log) else {
                return nil
            }
            if !reader.has("hostPort") {
                reader.reportMissing("hostPort", hint: "write `hostPort: 0` for any port of the host, or its number")
            }
            let endpoint = PodEndpoint(
                name: PodContainerReader.name(reader, of: "endpoint") ?? "",
                hostPort: Int(reader.integer("hostPort", in: 0...65535) ?? 0),
                transports: transports(reader),
                labels: reader.textTable("labels") ?? [:]
            )
            return (endpoint, reader)
        }
    }

    /// `protocol` is a list, or one word.
    private func transports(_ reader: MappingReader) -> [String] {
        guard let node = reader.value("protocol") else { return ["tcp"] }
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
        (table.items("volumeMounts") ?? []).compactMap { item in
            guard let reader = MappingReader(item.node, path: item.path, keys: PodKeys.volumeMount, log: log),
                let name = PodContainerReader.name(reader, of: "volume"),
                let path = reader.requiredText("mountPath", hint: "write a path in the container's sandbox")
            else { return nil }
            checkPath(path, reader)
            if reader.flag("readOnly") == true {
                let message = "`\(reader.path)` is read-only, which needs a container with an image"
                reader.report(.notSupported, at: "readOnly", message, hint: "remove `readOnly`")
            }
            return (VolumeMount(name: name, mountPath: path), reader)
        }
    }

    /// Without an image a container has no file system of its own, only its sandbox.
    private func checkPath(_ path: String, _ reader: MappingReader) {
        guard !path.hasPrefix("/") else {
            let message = "`\(reader.path(of: "mountPath"))` is absolute, which needs a container with an image"
            reader.report(.notSupported, at: "mountPath", message, hint: "write a path in the container's sandbox")
            return
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.contains(where: { $0.isEmpty || $0 == "." || $0 == ".." }) || path.utf8.count > 1024 else { return }
        let message = "`\(clipped(path))` cannot be a path in the container's sandbox"
        reader.report(.badValue, at: "mountPath", message, hint: "write a plain relative path, for example `data`")
    }
}
