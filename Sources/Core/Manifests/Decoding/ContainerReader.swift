import Domain
import OrderedCollections

/// The mappings that make an app's container, read once for all who look into them.
struct ContainerParts {
    /// `container`; `nil` where it is absent or says nothing.
    let container: MappingReader?
    /// `container.docker`.
    let docker: MappingReader?
    /// `ipAddress`, the old form of networks.
    let address: MappingReader?
    /// Who runs it.
    let engine: AppContainer.Engine

    init(_ table: MappingReader) {
        let isThere = table.value(AppForm.container.key).map { !$0.saysNothing } ?? false
        let container = isThere ? table[AppForm.container] : nil
        let docker = container?[ContainerForm.docker]
        self.container = container
        self.docker = docker
        self.address = table[AppForm.ipAddress]
        self.engine = container.map { ContainerParts.engine($0, hasDocker: docker != nil) } ?? .mesos
    }

    /// Whether an image is named, which may bring its own command.
    var namesImage: Bool { docker?.has(DockerForm.image) ?? false }

    /// Marathon takes DOCKER where no type is said, and then misses the image; without one nothing but MESOS can be meant.
    private static func engine(_ container: MappingReader, hasDocker: Bool) -> AppContainer.Engine {
        guard !container.has(ContainerForm.type) else {
            return container[ContainerForm.type] ?? (hasDocker ? .docker : .mesos)
        }
        guard !hasDocker else { return .docker }
        container.log.report(
            .assumedType,
            at: container.mark,
            "`\(container.path)` has no `type` and no image; it is taken for MESOS, where Marathon takes DOCKER and fails",
            hint: "write `type: MESOS`"
        )
        return .mesos
    }
}

/// Reads `container` but for its volumes and ports.
struct ContainerReader {
    let parts: ContainerParts
    let secrets: DeclaredSecrets

    /// The container; `nil` where nothing is said that Mesos's own engine would not do anyway.
    func container(with volumes: [ContainerVolume]) -> AppContainer? {
        guard let reader = parts.container else { return nil }
        let container = AppContainer(
            engine: parts.engine,
            image: image(in: reader),
            volumes: volumes,
            linuxInfo: linuxInfo(in: reader)
        )
        return container.saysNothing ? nil : container
    }

    private func image(in container: MappingReader) -> ContainerImage? {
        guard let docker = parts.docker else {
            if parts.engine == .docker {
                let hint = "name the image: `docker: {image: …}`, or write `type: MESOS`"
                container.reportMissing("docker", hint: hint)
            }
            return nil
        }
        guard docker.has(DockerForm.image) else {
            // What is left of old files is `docker` with nothing but a network.
            if parts.engine == .docker {
                docker.reportMissing("image", hint: "name the image, as `docker pull` takes it")
            }
            return nil
        }
        guard let name = docker[DockerForm.image] else { return nil }
        var image = ContainerImage(name: name, forcePull: docker[DockerForm.forcePullImage])
        image.privileged = docker[DockerForm.privileged]
        image.parameters = parameters(of: docker)
        image.pullSecret = pullSecret(of: docker)
        guard parts.engine == .mesos else { return image }
        if image.privileged { dropForMesos("privileged", docker) }
        if !image.parameters.isEmpty { dropForMesos("parameters", docker) }
        (image.privileged, image.parameters) = (false, [])
        return image
    }

    private func dropForMesos(_ key: String, _ docker: MappingReader) {
        docker.log.report(
            .withoutEffect,
            at: docker.keyMark(of: key),
            "`\(docker.path(of: key))` is for the Docker daemon, and says nothing to the container type MESOS",
            hint: "remove it, or write `type: DOCKER`"
        )
    }

    private func parameters(of docker: MappingReader) -> [DockerParameter] {
        (docker[DockerForm.parameters] ?? []).compactMap { item in
            guard let key = item.requiredText("key", hint: "name the option of docker run") else { return nil }
            guard let node = item[ParameterForm.value] else {
                item.reportMissing("value", hint: "give the option its value; \"\" for an empty one")
                return nil
            }
            guard let value = item.log.lenientText(node, path: item.path(of: "value")) else { return nil }
            if key.isEmpty || key == "name" {
                let what =
                    key.isEmpty ? "is empty" : "cannot be `name`: Mesos names containers itself, by that it knows them"
                item.report(.badValue, at: "key", "`\(item.path(of: "key"))` \(what)", hint: "remove it")
            }
            return DockerParameter(key: key, value: value)
        }
    }

    private func pullSecret(of docker: MappingReader) -> String? {
        guard let name = PullReader(table: docker, secrets: secrets).secret() else { return nil }
        guard parts.engine == .docker else { return name }
        docker.report(
            .badValue,
            at: "pullConfig",
            "`\(docker.path(of: "pullConfig"))` is for the container type MESOS: the Docker daemon has its own credentials",
            hint: "write `type: MESOS`, or fetch a docker.tar.gz with the credentials"
        )
        return nil
    }

    private func linuxInfo(in container: MappingReader) -> LinuxInfo? {
        guard let reader = container[ContainerForm.linuxInfo] else { return nil }
        let info = LinuxReader(table: reader).info()
        guard parts.engine == .docker else { return info }
        container.log.report(
            .withoutEffect,
            at: container.keyMark(of: "linuxInfo"),
            "`\(container.path(of: "linuxInfo"))` says nothing to the Docker daemon; Marathon drops it in silence",
            hint: "remove it, or write `type: MESOS`"
        )
        return nil
    }
}

/// Reads `pullConfig` of an app's or a pod's image.
struct PullReader {
    let table: MappingReader
    let secrets: DeclaredSecrets

    /// The name of the secret with the registry's credentials.
    func secret() -> String? {
        guard let reader = table[DockerForm.pullConfig] else { return nil }
        guard reader.has(PullForm.secret) else {
            reader.reportMissing("secret", hint: "name a secret that `secrets` declares")
            return nil
        }
        guard let name = reader[PullForm.secret] else { return nil }
        secrets.check(name, at: reader.mark(of: "secret"), what: "`\(reader.path)`", log: table.log)
        return name
    }
}

/// Reads `linuxInfo` of a container or a pod.
struct LinuxReader {
    let table: MappingReader

    /// What is said; `nil` where nothing is.
    func info() -> LinuxInfo? {
        var info = LinuxInfo(seccomp: table[LinuxForm.seccomp].flatMap(seccomp))
        if let ipc = table[LinuxForm.ipcInfo] {
            info.ipcMode = ipc[LinuxForm.mode]
            info.shmSize = ipc[LinuxForm.shmSize]
            if info.ipcMode == .shareParent, info.shmSize != nil {
                let message = "`\(ipc.path(of: "shmSize"))` is for a container with a /dev/shm of its own"
                ipc.report(.badValue, at: "shmSize", message, hint: "remove it, or write `mode: PRIVATE`")
            }
        }
        return info == LinuxInfo() ? nil : info
    }

    private func seccomp(_ reader: MappingReader) -> LinuxInfo.Seccomp? {
        switch (reader[LinuxForm.profileName], reader[LinuxForm.unconfined] ?? false) {
        case (let profile?, false): return .profile(profile)
        case (nil, true): return .unconfined
        case (let profile, _):
            let has = profile == nil ? "neither `profileName` nor `unconfined: true`" : "both"
            let message = "`\(reader.path)` names \(has)"
            reader.log.report(
                .badValue,
                at: reader.mark,
                message,
                hint: "give one of profileName and `unconfined: true`"
            )
            return nil
        }
    }
}
