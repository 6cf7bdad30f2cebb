import Boundary
import Controller
import Domain
import Scheduling

extension World {
    mutating func carryOut(_ command: ConnectionCommand, of process: Int) {
        if let old = processes[process].stream {
            streams[old]?.isClosed = true
            agenda.add(.hangUp(stream: old), at: now + Milliseconds(1))
            processes[process].stream = nil
        }
        guard case .connect(let number, let framework, let wishes, let pause) = command else { return }
        streamCounter += 1
        let stream = streamCounter
        streams[stream] = SimulatedStream(process: process, life: processes[process].life, number: number)
        processes[process].stream = stream
        let moment = now + pause + delay(2...60)
        agenda.add(.subscribe(stream: stream, framework, wishes), at: moment)
        agenda.add(
            .deliver(process, life: processes[process].life, .transport(number, .opened)),
            at: moment
        )
    }

    /// A subscription reaches the master.
    mutating func subscribe(_ stream: Int, as framework: FrameworkID?, _ wishes: RoleWishes) {
        guard let owner = streams[stream], !owner.isClosed else { return }
        let life = Life(process: owner.process, number: owner.life)
        let isOld = store.leader.map { $0 != owner.process && processes[$0].stream != nil } ?? false
        if isOld, severed[life] == nil { count("old leader subscribed again") }
        calmSince = nil
        carry(master.subscribe(stream, as: framework, wishes))
    }

    /// Sends a call over a process's subscription. It may be lost with the connection, or have a ``Mishap`` of its own.
    mutating func send(_ call: ReleasedCall.Call, from process: Int) {
        guard let stream = processes[process].stream, let owner = streams[stream], !owner.isClosed else { return }
        let moment = max(now + delay(1...20), owner.lastCall)
        streams[stream]?.lastCall = moment
        agenda.add(.call(stream: stream, call), at: moment)
    }

    mutating func receive(_ call: ReleasedCall.Call, on stream: Int) {
        guard let owner = streams[stream], !owner.isSilent else { return }
        let mishap = mishap(of: call, on: stream)
        if mishap == nil || mishap == .answerLost {
            checkCall(call, on: stream)
            // Of the store alone: a closure that held the whole world would have every change of the master copy its tasks.
            let store = store
            carry(master.receive(call, on: stream, at: now) { store.owner(of: $0) })
        }
        guard mishap == .failed || mishap == .answerLost else { return }
        calmSince = nil
        tell(stream, .closed("a call was answered with an error"))
        streams[stream]?.isClosed = true
    }

    /// Which instance the store has a task recorded for.
    func recorded(_ task: TaskID) -> InstanceID? { store.owner(of: task) }

    /// Carries out what the master says: to the streams in order, and into the agenda.
    mutating func carry(_ output: [SimulatedMaster.Output]) {
        for item in output {
            switch item {
            case .later(let event, let pause): agenda.add(.master(event), at: now + pause)
            case .tell(let stream, let event): tell(stream, .event(event))
            case .answer(let stream, let answer): tell(stream, .answered(answer))
            case .close(let stream, let reason):
                tell(stream, .closed(reason))
                streams[stream]?.isClosed = true
            }
        }
    }

    private mutating func tell(_ stream: Int, _ event: TransportEvent) {
        guard let owner = streams[stream], !owner.isSilent, !owner.isClosed else { return }
        let moment = max(now + delay(1...20), owner.lastDelivery)
        streams[stream]?.lastDelivery = moment
        agenda.add(.deliver(owner.process, life: owner.life, .transport(owner.number, event)), at: moment)
    }
}
