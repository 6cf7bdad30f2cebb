import Domain
import Testing

@testable import Scheduling

/// The life of what is reserved for an instance with volumes: every step, and what goes wrong between two of them.
@Suite struct ReservationTests {
    // MARK: - First launch

    @Test func `the first launch reserves, creates and launches in one call, after the record`() throws {
        var cluster = ResidentCluster()
        let effects = cluster.start()
        let instance = try #require(effects.changed.last)
        let reservation = try #require(instance.reservation)
        #expect(reservation.phase == .asked)
        #expect(reservation.id == ReservationID("db.3-1"))
        #expect(reservation.volumes == [ReservedVolume(id: "db.3-1#0", containerPath: "data")])
        #expect(instance.condition == .launching)
        guard case .accept(_, let operations, _)? = effects.gated.first, operations.count == 3,
            case .reserve(let reserved) = operations[0], case .create(let volumes) = operations[1],
            case .launch(let tasks) = operations[2]
        else {
            Issue.record("not reserve, create, launch: \(effects.gated)")
            return
        }
        let level = MesosResource.Reservation(
            role: "db",
            isDynamic: true,
            principal: "pacer",
            labels: [
                Label(key: "pacer_framework_id", value: "F"), Label(key: "pacer_instance_id", value: "/db#1"),
                Label(key: "pacer_reservation_id", value: "db.3-1"),
            ]
        )
        #expect(reserved.allSatisfy { $0.reservations == [level] })
        #expect(reserved.map(\.name).sorted() == ["cpus", "disk", "mem", "ports"])
        #expect(volumes.map(\.disk?.volume) == [.init(id: "db.3-1#0", principal: "pacer", containerPath: "data")])
        #expect(volumes.map(\.value) == [.scalar(64_000)])
        #expect(tasks.map(\.id) == [TaskID("db.3-2")])
        #expect(Set(tasks[0].resources).isSuperset(of: volumes))
        #expect(cluster.live.count == 1)
    }

    @Test func `nothing can be reserved for the role of everybody, and the app says so`() {
        var cluster = ResidentCluster(role: "*")
        #expect(cluster.start().launches.isEmpty)
        #expect(cluster.harness.scheduler.refusals[cluster.spec.id]?.reasons == [.defaultRole: 1])
    }

    struct DiskRow: CustomTestStringConvertible {
        var volume: PersistentVolume
        var disks: [MesosResource]
        /// The disk that is taken, with its amount; `nil` where none is.
        var taken: (MesosResource.Disk?, Int64)?
        var reasons: [Refusal: Int] = [.volumes: 1]
        var testDescription: String { "\(volume.type) \(volume.size) of \(disks.map(\.value))" }
    }

    static func disk(_ source: MesosResource.Disk.Source?, _ amount: Int64, profile: String? = nil) -> MesosResource {
        let disk = source.map { MesosResource.Disk(source: $0, profile: profile) }
        return MesosResource(name: "disk", value: .scalar(amount), disk: disk)
    }

    static func volume(
        _ type: PersistentVolume.DiskType,
        _ size: Int64,
        most: Int64? = nil,
        profile: String? = nil,
        like: String? = nil
    ) -> PersistentVolume {
        PersistentVolume(
            containerPath: "data",
            type: type,
            size: size,
            maxSize: most,
            profileName: profile,
            constraints: like.map { [Constraint(field: "path", comparison: .like, value: $0)] } ?? []
        )
    }

    static let (pathA, pathB) = (MesosResource.Disk.Source.path(root: "/a"), MesosResource.Disk.Source.path(root: "/b"))
    static let (mountA, mountB) = (
        MesosResource.Disk.Source.mount(root: "/a"), MesosResource.Disk.Source.mount(root: "/b")
    )

    static let diskRows = [
        DiskRow(volume: volume(.root, 100), disks: [disk(nil, 100)], taken: (nil, 100)),
        DiskRow(volume: volume(.root, 101), disks: [disk(nil, 100)], reasons: [.resource("disk"): 1]),
        DiskRow(volume: volume(.root, 100), disks: [disk(pathA, 500)], reasons: [.resource("disk"): 1]),
        DiskRow(
            volume: volume(.path, 100),
            disks: [disk(pathA, 200), disk(pathB, 300)],
            taken: (.init(source: pathB), 100)
        ), DiskRow(volume: volume(.path, 100), disks: [disk(nil, 500), disk(mountA, 100), disk(pathA, 99)]),
        DiskRow(
            volume: volume(.path, 100, like: "/a"),
            disks: [disk(pathA, 200), disk(pathB, 300)],
            taken: (.init(source: pathA), 100)
        ), DiskRow(volume: volume(.path, 100, like: "/c"), disks: [disk(pathA, 200)]),
        DiskRow(
            volume: volume(.mount, 100),
            disks: [disk(mountA, 300), disk(mountB, 200)],
            taken: (.init(source: mountB), 200)
        ), DiskRow(volume: volume(.mount, 100, most: 199), disks: [disk(mountA, 300), disk(mountB, 200)]),
        DiskRow(
            volume: volume(.mount, 100, most: 200),
            disks: [disk(mountB, 200)],
            taken: (.init(source: mountB), 200)
        ), DiskRow(volume: volume(.mount, 100, profile: "fast"), disks: [disk(mountA, 300)]),
        DiskRow(
            volume: volume(.mount, 100, profile: "fast"),
            disks: [disk(mountA, 300, profile: "fast")],
            taken: (.init(source: mountA, profile: "fast"), 300)
        ), DiskRow(volume: volume(.mount, 100), disks: [disk(mountA, 300, profile: "fast")]),
    ]

    @Test(arguments: diskRows)
    func `a volume is on one disk of its kind, or the app says that there is none`(row: DiskRow) {
        let others = plain().filter { $0.name != "disk" }
        var cluster = ResidentCluster(volumes: [row.volume], resources: others + row.disks)
        let effects = cluster.start()
        guard let taken = row.taken else {
            #expect(effects.launches.isEmpty)
            #expect(cluster.harness.scheduler.refusals[cluster.spec.id]?.reasons == row.reasons)
            return
        }
        let made = effects.launches.first?.resources.first { $0.disk?.volume != nil }
        #expect(made?.value == .scalar(taken.1))
        #expect(made?.disk?.source == taken.0?.source)
        #expect(made?.disk?.profile == taken.0?.profile)
    }

    @Test func `two volumes on one disk do not overlap`() {
        let volumes = ["a", "b"].map { PersistentVolume(containerPath: $0, type: .path, size: 60) }
        var cluster = ResidentCluster(volumes: volumes, resources: plain() + [ReservationTests.disk(Self.pathA, 119)])
        #expect(cluster.start().launches.isEmpty)
        cluster = ResidentCluster(volumes: volumes, resources: plain() + [ReservationTests.disk(Self.pathA, 120)])
        #expect(cluster.start().launches.count == 1)
    }

    // MARK: - On its reservation

    @Test(arguments: [TaskStatus.State.failed, .finished, .killed, .lost, .dropped, .error, .gone])
    func `the next task runs on the same volume, on the same ports, and nowhere else`(end: TaskStatus.State) throws {
        var cluster = ResidentCluster()
        cluster.run()
        let first = try #require(cluster.instance?.task)
        cluster.end(end)
        #expect(cluster.instance?.reservation?.phase == .held)
        cluster.wait(seconds: 400)
        #expect(cluster.offer(on: 2).launches.isEmpty)
        #expect(cluster.harness.scheduler.refusals[cluster.spec.id]?.reasons == [.reservation: 1])
        let launches = cluster.offer(on: 1).launches
        #expect(launches.count == 1)
        #expect(launches.first?.resources.contains { $0.disk?.volume?.id == "db.3-1#0" } == true)
        #expect(cluster.instance?.task?.ports == first.ports)
        #expect(cluster.instance?.task?.id != first.id)
        #expect(cluster.agents[1]?.reservations.isEmpty == true)
        #expect(cluster.complaints.isEmpty)
    }

    @Test func `a failing task backs off before the next one, on its reservation as anywhere`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.end(.failed)
        #expect(cluster.offer(on: 1).launches.isEmpty)
        cluster.wait(seconds: 1)
        #expect(cluster.offer(on: 1).launches.count == 1)
    }

    @Test func `a reservation that is held is never given up because an offer does not show it`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.end(.killed)
        for _ in 0..<50 {
            cluster.wait(seconds: 3600)
            #expect(cluster.offer(on: 1, without: true).launches.isEmpty)
        }
        #expect(cluster.instance?.reservation?.phase == .held)
        #expect(cluster.harness.scheduler.nextDeadline != nil)
    }

    @Test func `offers are asked for while an instance waits for its reservation`() {
        var cluster = ResidentCluster()
        cluster.run()
        #expect(cluster.harness.tick().free.isEmpty)
        cluster.end(.killed)
        #expect(cluster.harness.tick(after: 5000).free == [.revive(["db"])])
    }

    @Test func `constraints count an instance that waits for its reservation`() {
        var cluster = ResidentCluster { $0.constraints = [Constraint(field: "hostname", comparison: .unique)] }
        cluster.run()
        cluster.end(.killed)
        cluster.harness.start(cluster.spec, 2...2)
        let launches = cluster.offer(on: 1, without: true).launches
        #expect(launches.isEmpty)
    }

    @Test func `agents in maintenance get no new task even on a reservation`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.end(.killed)
        #expect(cluster.offer(on: 1, leavesIn: .minutes(10)).launches.isEmpty)
        #expect(cluster.offer(on: 1).launches.count == 1)
    }

    // MARK: - A machine that is back under another agent id

    @Test func `an instance goes on where its data is, under whatever id its agent is back`() throws {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.end(.lost, reason: "REASON_AGENT_REMOVED")
        cluster.rename(1, to: 3)
        let effects = cluster.offer(on: 3)
        #expect(effects.launches.count == 1)
        let reservation = try #require(cluster.instance?.reservation)
        #expect(reservation.id == ReservationID("db.3-1"))
        #expect(reservation.agent.id == makeAgent(3).id)
        let news: [SchedulerNote] = effects.notes.filter { if case .moved = $0 { true } else { false } }
        #expect(news.count == 1)
        #expect(cluster.complaints.isEmpty)
    }

    @Test func `a task that nobody heard the end of is over once its agent is back under another id`() throws {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.harness.update(cluster.id, .unreachable)
        #expect(cluster.instance?.condition == .unreachable)
        cluster.rename(1, to: 3)
        #expect(cluster.offer(on: 3).launches.count == 1)
        #expect(cluster.instance?.reservation?.id == ReservationID("db.3-1"))
        #expect(cluster.instance?.task?.agent.id == makeAgent(3).id)
        #expect(cluster.instance?.lastEnd?.state == "TASK_LOST")
        #expect(cluster.complaints.isEmpty)
    }

    @Test func `an instance that goes gives back what its agent shows under another id`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.end(.lost, reason: "REASON_AGENT_REMOVED")
        cluster.harness.handle(.order(.stop(cluster.id)))
        cluster.rename(1, to: 3)
        let released = cluster.offer(on: 3).notes.contains { if case .released = $0 { true } else { false } }
        #expect(released)
        #expect(cluster.agents[3]?.all.allSatisfy { $0.reservations.isEmpty } == true)
        cluster.wait(seconds: 10)
        cluster.offer(on: 3)
        #expect(cluster.instance == nil)
    }

    // MARK: - What did not come about

    @Test func `a launch whose call never arrived starts anew, when an offer proves that nothing was reserved`() throws
    {
        var cluster = ResidentCluster()
        cluster.start(delivering: false)
        cluster.harness.update(cluster.id, .dropped, reason: "REASON_INVALID_OFFERS")
        #expect(cluster.instance?.reservation?.phase == .asked)
        // What was offered before the call was decided says nothing yet.
        #expect(cluster.offer(on: 1).launches.isEmpty)
        #expect(cluster.instance?.reservation != nil)
        cluster.wait(seconds: 10)
        let effects = cluster.offer(on: 1)
        #expect(effects.launches.count == 1)
        #expect(cluster.instance?.reservation?.id == ReservationID("db.3-3"))
        #expect(effects.notes.contains { if case .forsaken = $0 { true } else { false } })
    }

    @Test func `one that no offer ever showed is not waited for when its agent is silent`() {
        var cluster = ResidentCluster()
        cluster.start(delivering: false)
        cluster.harness.update(cluster.id, .lost, reason: "REASON_AGENT_REMOVED")
        cluster.wait(seconds: 299)
        #expect(cluster.offer(on: 2).launches.isEmpty)
        cluster.wait(seconds: 1)
        #expect(cluster.offer(on: 2).launches.count == 1)
    }

    @Test func `an offer of an agent that goes into maintenance shows a reservation as well as any`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.end(.killed)
        cluster.harness.handle(.order(.stop(cluster.id)))
        cluster.wait(seconds: 60)
        let free = cluster.agents[1]?.all ?? []
        let shown = free.filter { !$0.reservations.isEmpty }
        let rest = free.filter { $0.reservations.isEmpty }
        let soon = cluster.harness.now + .minutes(10)
        cluster.harness.handle(
            .mesos(
                .offers([
                    makeOffer("M1", on: makeAgent(1), rest, role: "db"),
                    makeOffer("M2", on: makeAgent(1), shown, role: "db", from: soon),
                ])
            )
        )
        #expect(cluster.harness.tick().removed.isEmpty)
    }

    @Test func `a reservation without its volume is given back and made anew`() {
        var cluster = ResidentCluster()
        cluster.start(delivering: false)
        cluster.deliver(only: 1)
        cluster.harness.update(cluster.id, .error)
        cluster.wait(seconds: 20)
        let launches = cluster.offer(on: 1).launches
        #expect(launches.count == 1)
        #expect(cluster.instance?.reservation?.id != ReservationID("db.3-1"))
        cluster.wait(seconds: 31)
        _ = cluster.offer(on: 1)
        cluster.wait(seconds: 31)
        _ = cluster.offer(on: 1)
        #expect(cluster.agents[1]?.reservations.isEmpty == true)
        #expect(cluster.complaints.isEmpty)
    }

    @Test func `a task that failed to start runs again on what was reserved for it`() {
        var cluster = ResidentCluster()
        cluster.start()
        cluster.end(.dropped)
        #expect(cluster.instance?.reservation?.phase == .asked)
        #expect(cluster.offer(on: 1).launches.count == 1)
        #expect(cluster.instance?.reservation?.id == ReservationID("db.3-1"))
        #expect(cluster.instance?.reservation?.phase == .held)
    }

    // MARK: - The end

    @Test func `an instance that goes gives everything back, then its record goes`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.harness.handle(.order(.stop(cluster.id)))
        #expect(cluster.harness.tick().kills.count == 1)
        cluster.end(.killed)
        #expect(cluster.harness.effects.removed.isEmpty)
        #expect(cluster.instance?.reservation?.phase == .releasing)
        #expect(cluster.harness.tick(after: 5000).free == [.revive(["db"])])
        let effects = cluster.offer(on: 1)
        guard case .accept(_, let operations, _)? = effects.gated.first, operations.count == 2,
            case .destroy(let volumes) = operations[0], case .unreserve(let resources) = operations[1]
        else {
            Issue.record("not destroyed and unreserved: \(effects.gated)")
            return
        }
        #expect(volumes.compactMap(\.disk?.volume?.id) == ["db.3-1#0"])
        #expect(resources.allSatisfy { $0.disk == nil })
        #expect(cluster.offer(on: 1).removed.isEmpty)
        cluster.wait(seconds: 10)
        let last = cluster.offer(on: 1)
        #expect(last.removed == [cluster.id])
        #expect(last.free.contains(.suppress(["db"])))
        #expect(cluster.agents[1]?.all.allSatisfy { $0.reservations.isEmpty } == true)
        #expect(cluster.complaints.isEmpty)
    }

    @Test func `giving back is repeated until an offer shows nothing any more`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.harness.handle(.order(.stop(cluster.id)))
        cluster.end(.killed)
        for _ in 0..<3 {
            #expect(cluster.offer(on: 1, delivering: false).gated.count == 1)
            cluster.wait(seconds: 60)
        }
        #expect(cluster.offer(on: 1).gated.count == 1)
        cluster.wait(seconds: 10)
        #expect(cluster.offer(on: 1).removed == [cluster.id])
    }

    @Test func `one that waits for its reservation gives it back without a task to kill`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.end(.killed)
        #expect(cluster.harness.handle(.order(.stop(cluster.id))).removed.isEmpty)
        #expect(cluster.offer(on: 1, leavesIn: .minutes(10)).gated.count == 1)
        cluster.wait(seconds: 10)
        #expect(cluster.offer(on: 1).removed == [cluster.id])
    }

    @Test func `an agent that never comes back is waited for a day, then the record goes`() {
        var cluster = ResidentCluster()
        cluster.run()
        cluster.end(.killed)
        cluster.harness.handle(.order(.stop(cluster.id)))
        cluster.wait(seconds: 86_399)
        #expect(cluster.instance != nil)
        cluster.wait(seconds: 1)
        #expect(cluster.instance == nil)
    }

    // MARK: - Its next spec

    @Test func `another spec ends the task and goes on in the same place`() throws {
        var cluster = ResidentCluster()
        cluster.run()
        let new = cluster.variant { $0.cmd = "walk" }
        cluster.harness.handle(.learn(new))
        cluster.harness.handle(.order(.relaunch(cluster.id, new.digest)))
        #expect(cluster.instance?.digest == cluster.spec.digest)
        #expect(cluster.instance?.next == new.digest)
        #expect(cluster.harness.tick().kills == [TaskID("db.3-2")])
        cluster.end(.failed)
        #expect(cluster.instance?.digest == new.digest)
        #expect(cluster.instance?.next == nil)
        #expect(!cluster.harness.effects.contains { if case .backoff = $0 { true } else { false } })
        let launches = cluster.offer(on: 1).launches
        #expect(launches.first?.command == .shell("walk"))
        #expect(launches.first?.resources.contains { $0.disk?.volume?.id == "db.3-1#0" } == true)
    }

    @Test func `a new leader goes on killing for the next spec`() throws {
        var cluster = ResidentCluster()
        cluster.run()
        var instance = try #require(cluster.instance)
        let new = cluster.variant { $0.cmd = "walk" }
        instance.next = new.digest
        var harness = Harness([cluster.spec, new], instances: [instance], settings: cluster.settings)
        harness.subscribe()
        #expect(harness.effects.kills == [TaskID("db.3-2")])
    }
}
