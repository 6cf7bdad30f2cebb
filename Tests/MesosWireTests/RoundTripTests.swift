import Domain
import MesosWire
import OrderedCollections
import Scheduling
import Testing

/// What the scheduler's side writes the master's side reads, and the other way round.
struct RoundTripTests {
    @Test(arguments: UInt64(0)..<200)
    func `a master reads the calls that were sent`(seed: UInt64) throws {
        var make = Maker(seed: seed)
        let framework = make.framework()
        let encoder = CallEncoder(for: framework)
        let id = FrameworkID(make.text())
        let known = make.flip() ? id : nil
        let wishes = make.wishes()
        #expect(
            try MasterSide.decode(encoder.subscribe(as: known, wishes)) == .subscribe(framework, known, wishes)
        )
        for call in make.freeCalls() {
            #expect(try MasterSide.decode(encoder.encode(call, of: id)) == .free(call, id))
        }
        for call in make.gatedCalls() {
            #expect(try MasterSide.decode(encoder.encode(call, of: id)) == .gated(call, id))
        }
    }

    @Test(arguments: UInt64(0)..<200)
    func `a scheduler reads the events that were sent`(seed: UInt64) throws {
        var make = Maker(seed: seed)
        for event in make.events() {
            #expect(try EventDecoder.decode(MasterSide.encode(event)) == event)
        }
    }

    @Test(arguments: UInt64(0)..<300)
    func `no bytes whatever bring a master down`(seed: UInt64) throws {
        var make = Maker(seed: seed)
        let encoder = CallEncoder(for: make.framework())
        for call in make.gatedCalls() {
            var bytes = try encoder.encode(call, of: FrameworkID("F"))
            for _ in 0..<4 { bytes[make.number(bytes.count)] = UInt8(make.number(256)) }
            do throws(WireError) { _ = try MasterSide.decode(bytes) } catch { #expect(!error.description.isEmpty) }
        }
    }
}

/// Makes values out of a seed.
private struct Maker {
    private var random: SplitMix64

    init(seed: UInt64) { random = SplitMix64(seed: seed) }

    mutating func number(_ end: Int) -> Int { Int(random.next() % UInt64(end)) }
    mutating func flip() -> Bool { number(2) == 0 }
    mutating func text() -> String { String((0...number(6)).map { _ in "abcä/ \"\n"[number(8)] }) }
    mutating func maybe<Value>(_ value: Value) -> Value? { flip() ? value : nil }
    mutating func span() -> Milliseconds { Milliseconds(Int64(number(1_000_000))) }

    mutating func several<Value>(_ make: (inout Maker) -> Value) -> [Value] {
        var values: [Value] = []
        for _ in 0..<number(4) { values.append(make(&self)) }
        return values
    }

    mutating func framework() -> FrameworkDescription {
        FrameworkDescription(
            name: text(),
            user: text(),
            principal: maybe(text()),
            failoverTimeout: span(),
            hostname: maybe(text()),
            webUI: maybe(text())
        )
    }

    mutating func label() -> Label { Label(key: text(), value: maybe(text())) }

    mutating func resource() -> MesosResource {
        let value: MesosResource.Value =
            switch number(3) {
            case 0: .scalar(Int64(number(10_000_000)))
            case 1: .ranges([number(10)...(10 + number(10)), (30 + number(5))...40])
            default: .set(several { $0.text() })
            }
        return MesosResource(
            name: text(),
            value: value,
            allocationRole: maybe(text()),
            reservations: several { make in
                MesosResource.Reservation(
                    role: make.text(),
                    isDynamic: make.flip(),
                    principal: make.maybe(make.text()),
                    labels: make.several { $0.label() }
                )
            },
            disk: maybe(disk())
        )
    }

    mutating func disk() -> MesosResource.Disk {
        let sources: [MesosResource.Disk.Source] = [.path(root: maybe(text())), .mount(root: maybe(text()))]
        let volume = MesosResource.Disk.Volume(id: text(), principal: maybe(text()), containerPath: text())
        guard flip() else { return MesosResource.Disk(volume: volume) }
        return MesosResource.Disk(source: sources[number(2)], profile: maybe(text()), volume: maybe(volume))
    }

    mutating func operation() -> OfferOperation {
        let resources = several { $0.resource() }
        return switch number(6) {
        case 0: .reserve(resources)
        case 1: .create(resources)
        case 2: .destroy(resources)
        case 3: .unreserve(resources)
        case 4: .launchGroup(executor(), several { $0.task() })
        default: .launch(several { $0.task() })
        }
    }

    mutating func executor() -> ExecutorDescription {
        ExecutorDescription(id: text(), resources: several { $0.resource() }, labels: several { $0.label() })
    }

    mutating func check() -> TaskDescription.Check {
        let probe: TaskDescription.Check.Probe =
            switch number(4) {
            case 0: .http(port: number(65_536), path: text(), scheme: flip() ? "http" : "https")
            case 1: .tcp(port: number(65_536))
            case 2: .program([text(), text()])
            default: .command(text())
            }
        let isCommand =
            switch probe {
            case .command, .program: true
            case .http, .tcp: false
            }
        return TaskDescription.Check(
            probe: probe,
            delay: span(),
            interval: span(),
            timeout: span(),
            gracePeriod: span(),
            consecutiveFailures: number(10),
            ipv6: !isCommand && flip()
        )
    }

    /// It has no scheme, no grace period and nothing that counts failures.
    mutating func sideCheck() -> TaskDescription.Check {
        let probe: TaskDescription.Check.Probe =
            switch number(3) {
            case 0: .http(port: number(65_536), path: text(), scheme: "http")
            case 1: .tcp(port: number(65_536))
            default: .program([text(), text()])
            }
        return TaskDescription.Check(
            probe: probe,
            delay: span(),
            interval: span(),
            timeout: span(),
            gracePeriod: .zero,
            consecutiveFailures: 0,
            ipv6: false
        )
    }

    mutating func container() -> ContainerDescription {
        let isDocker = flip()
        var image = ContainerImage(name: text(), forcePull: flip(), privileged: isDocker && flip())
        if isDocker { image.parameters = several { DockerParameter(key: $0.text(), value: $0.text()) } }
        if !isDocker { image.pullSecret = maybe(text()) }
        return ContainerDescription(
            engine: isDocker ? .docker : .mesos,
            image: isDocker ? image : maybe(image),
            dockerNetwork: isDocker ? [.host, .bridge, .user][number(3)] : nil,
            dockerPorts: isDocker ? several { $0.mappedPort() } : [],
            networks: several { make in
                .init(name: make.text(), labels: make.several { $0.label() }, ports: make.several { $0.mappedPort() })
            },
            volumes: several { $0.volume() },
            linuxInfo: maybe(LinuxInfo(seccomp: flip() ? .unconfined : .profile(text()), ipcMode: .shareParent)),
            sharesCgroups: maybe(false),
            tty: flip()
        )
    }

    mutating func mappedPort() -> ContainerDescription.MappedPort {
        .init(host: number(65_536), container: number(65_536), transport: flip() ? "tcp" : "udp")
    }

    mutating func volume() -> ContainerDescription.Volume {
        let source: ContainerDescription.Volume.Source =
            switch number(5) {
            case 0: .host(path: text())
            case 1: .secret(source: text())
            case 2: .driver(name: text(), driver: text(), options: [text(): text()])
            case 3:
                .csi(
                    CSIVolume(
                        name: text(),
                        plugin: text(),
                        accessMode: .multiNodeSingleWriter,
                        accessType: flip() ? .block : .mount(fsType: maybe(text()), flags: several { $0.text() }),
                        nodeStageSecrets: [text(): text()],
                        context: [text(): text()]
                    )
                )
            default: .parentSandbox(path: text())
            }
        return .init(path: text(), isReadOnly: flip(), source: source)
    }

    mutating func task() -> TaskDescription {
        TaskDescription(
            name: text(),
            id: TaskID(text()),
            agent: AgentID(text()),
            resources: several { $0.resource() },
            command: [.shell(text()), .program([text(), text()]), .image(arguments: [text()])][number(3)],
            user: maybe(text()),
            environment: several { Label(key: $0.text(), value: $0.text()) },
            secretEnvironment: several { Label(key: $0.text(), value: $0.text()) },
            fetch: several { make in
                FetchURI(
                    uri: make.text(),
                    extract: make.flip(),
                    executable: make.flip(),
                    cache: make.flip(),
                    destPath: make.maybe(make.text())
                )
            },
            labels: several { $0.label() },
            ports: several { make in
                TaskDescription.DiscoveredPort(
                    number: make.number(65_536),
                    name: make.maybe(make.text()),
                    transport: "tcp",
                    labels: make.several { $0.label() }
                )
            },
            check: maybe(check()),
            sideCheck: maybe(sideCheck()),
            limits: maybe(ResourceLimits(cpus: .unlimited, mem: .amount(Int64(number(1000))))),
            container: maybe(container()),
            executor: maybe(TaskDescription.OwnExecutor(id: text(), resources: several { $0.resource() })),
            killGracePeriod: maybe(span()),
            discoveryName: text()
        )
    }

    mutating func wishes() -> RoleWishes {
        var constraints: [String: RoleConstraints] = [:]
        for _ in 0..<number(3) {
            let groups = (0...number(2)).map { _ in (0...number(2)).map { _ in attributeConstraint() } }
            constraints[text()] = RoleConstraints(groups: groups)
        }
        return RoleWishes(
            roles: several { $0.text() },
            suppressed: several { $0.text() },
            constraints: constraints
        )
    }

    mutating func attributeConstraint() -> AttributeConstraint {
        let selectors: [AttributeConstraint.Selector] = [.hostname, .region, .zone, .attribute(text())]
        let predicates: [AttributeConstraint.Predicate] = [
            .exists, .notExists, .textEquals(text()), .textNotEquals(text()), .textMatches(text()),
            .textNotMatches(text()),
        ]
        return AttributeConstraint(selectors[number(selectors.count)], predicates[number(predicates.count)])
    }

    mutating func freeCalls() -> [FreeCall] {
        [
            .revive(several { $0.text() }), .suppress(several { $0.text() }), .updateFramework(wishes()),
            .reconcile([]), .decline(several { OfferID($0.text()) }, refuse: span()),
            .acceptInverseOffers(several { OfferID($0.text()) }, refuse: span()),
            .reconcile(several { TaskQuestion(task: TaskID($0.text()), agent: $0.maybe(AgentID($0.text()))) }),
        ]
    }

    mutating func gatedCalls() -> [GatedCall] {
        [
            .accept(several { OfferID($0.text()) }, several { $0.operation() }, refuse: span()),
            .kill(TaskID(text()), maybe(AgentID(text()))),
            .acknowledge(TaskID(text()), AgentID(text()), uuid: several { UInt8($0.number(256)) }),
        ]
    }

    mutating func offer() -> Offer {
        var attributes: OrderedDictionary<String, String> = [:]
        for _ in 0..<number(4) { attributes[text()] = text() }
        var resources = several { $0.resource() }
        for index in resources.indices { resources[index].isSpecial = flip() }
        return Offer(
            id: OfferID(text()),
            agent: Agent(
                id: AgentID(text()),
                hostname: text(),
                attributes: attributes,
                region: maybe(text()),
                zone: maybe(text())
            ),
            resources: resources,
            role: text(),
            unavailableFrom: maybe(Instant(milliseconds: Int64(number(2_000_000_000)) * 1000))
        )
    }

    mutating func events() -> [MesosEvent] {
        [
            .heartbeat,
            .subscribed(
                FrameworkID(text()),
                heartbeat: span(),
                master: MasterFacts(version: maybe(text()), region: maybe(text()))
            ), .offers(several { $0.offer() }),
            .rescind(OfferID(text())), .rescindInverseOffer(OfferID(text())), .error(text()),
            .inverseOffers(
                several { make in
                    InverseOffer(
                        id: OfferID(make.text()),
                        agent: make.maybe(AgentID(make.text())),
                        from: Instant(milliseconds: Int64(make.number(1_000_000)))
                    )
                }
            ), .failure(maybe(AgentID(text())), executor: maybe(text()), status: maybe(number(256) - 1)),
            .update(
                TaskStatus(
                    task: TaskID(text()),
                    state: TaskStatus.State.allCases[number(TaskStatus.State.allCases.count)],
                    agent: maybe(AgentID(text())),
                    uuid: maybe([1, 2, 3]),
                    healthy: maybe(flip()),
                    message: text(),
                    reason: maybe("REASON_RECONCILIATION"),
                    source: maybe("SOURCE_EXECUTOR")
                )
            ),
        ]
    }
}

extension String {
    fileprivate subscript(_ offset: Int) -> Character { self[index(startIndex, offsetBy: offset)] }
}
