import Domain
import Scheduling
import Testing

@testable import MesosWire

/// What Mesos's check that never kills said, as a status carries it.
@Suite struct CheckStatusTests {
    @Test(arguments: [
        SideCheckResult.http(status: 204), .command(exitStatus: 3), .command(exitStatus: 0), .tcp(succeeded: false),
        nil,
    ])
    func `a status says what the check saw, or nothing`(result: SideCheckResult?) throws {
        var wire = Self.running()
        switch result {
        case .http(let status): wire.checkStatus.http.statusCode = UInt32(status)
        case .command(let status): wire.checkStatus.command.exitCode = Int32(status)
        case .tcp(let succeeded): wire.checkStatus.tcp.succeeded = succeeded
        case nil: break
        }
        #expect(try TaskStatus(wire).sideCheck == result)
    }

    @Test func `before the first result Mesos sends an empty one of the check's kind`() throws {
        var wire = Self.running()
        wire.checkStatus.type = .http
        wire.checkStatus.http = WireCheckStatusInfo.Http()
        #expect(try TaskStatus(wire).sideCheck == nil)
    }

    private static func running() -> WireTaskStatus {
        var wire = WireTaskStatus()
        wire.taskID.value = "t"
        wire.state = .taskRunning
        return wire
    }
}
