import Domain
import Scheduling

extension TaskStatus {
    /// - Precondition: the status has a state.
    init(_ status: WireTaskStatus) throws(WireError) {
        self.init(
            task: TaskID(try required(status.taskID.value, status.hasTaskID, "task id", in: "UPDATE")),
            state: State(status.state),
            agent: status.hasAgentID ? AgentID(status.agentID.value) : nil,
            uuid: status.hasUuid ? Array(status.uuid) : nil,
            healthy: status.hasHealthy ? status.healthy : nil,
            sideCheck: status.hasCheckStatus ? SideCheckResult(status.checkStatus) : nil,
            message: status.message,
            reason: status.hasReason ? status.reason.name : nil,
            source: status.hasSource ? status.source.name : nil
        )
    }
}

extension SideCheckResult {
    /// - Returns: `nil` before the first result: Mesos sends an empty one with every status of a task with a check.
    fileprivate init?(_ status: WireCheckStatusInfo) {
        if status.http.hasStatusCode {
            self = .http(status: Int(status.http.statusCode))
        } else if status.command.hasExitCode {
            self = .command(exitStatus: Int(status.command.exitCode))
        } else if status.tcp.hasSucceeded {
            self = .tcp(succeeded: status.tcp.succeeded)
        } else {
            return nil
        }
    }
}

extension TaskStatus.State {
    init(_ state: WireTaskState) {
        switch state {
        case .taskStaging: self = .staging
        case .taskStarting: self = .starting
        case .taskRunning: self = .running
        case .taskKilling: self = .killing
        case .taskFinished: self = .finished
        case .taskFailed: self = .failed
        case .taskKilled: self = .killed
        case .taskError: self = .error
        case .taskLost: self = .lost
        case .taskDropped: self = .dropped
        case .taskUnreachable: self = .unreachable
        case .taskGone: self = .gone
        case .taskGoneByOperator: self = .goneByOperator
        case .taskUnknown: self = .unknown
        }
    }

    /// The state on the wire.
    var wire: WireTaskState {
        switch self {
        case .staging: .taskStaging
        case .starting: .taskStarting
        case .running: .taskRunning
        case .killing: .taskKilling
        case .finished: .taskFinished
        case .failed: .taskFailed
        case .killed: .taskKilled
        case .error: .taskError
        case .lost: .taskLost
        case .dropped: .taskDropped
        case .unreachable: .taskUnreachable
        case .gone: .taskGone
        case .goneByOperator: .taskGoneByOperator
        case .unknown: .taskUnknown
        }
    }
}

extension WireTaskStatus.Source {
    /// Mesos's name of it.
    var name: String {
        switch self {
        case .master: "SOURCE_MASTER"
        case .agent: "SOURCE_AGENT"
        case .executor: "SOURCE_EXECUTOR"
        }
    }

    /// The source of this name.
    init?(named name: String) {
        guard let source = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = source
    }
}

extension WireTaskStatus.Reason {
    /// The reason of this name.
    init?(named name: String) {
        guard let reason = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = reason
    }

    /// Mesos's name of it.
    var name: String {
        switch self {
        case .commandExecutorFailed: "REASON_COMMAND_EXECUTOR_FAILED"
        case .executorTerminated: "REASON_EXECUTOR_TERMINATED"
        case .executorUnregistered: "REASON_EXECUTOR_UNREGISTERED"
        case .frameworkRemoved: "REASON_FRAMEWORK_REMOVED"
        case .gcError: "REASON_GC_ERROR"
        case .invalidFrameworkid: "REASON_INVALID_FRAMEWORKID"
        case .invalidOffers: "REASON_INVALID_OFFERS"
        case .masterDisconnected: "REASON_MASTER_DISCONNECTED"
        case .containerLimitationMemory: "REASON_CONTAINER_LIMITATION_MEMORY"
        case .reconciliation: "REASON_RECONCILIATION"
        case .agentDisconnected: "REASON_AGENT_DISCONNECTED"
        case .agentRemoved: "REASON_AGENT_REMOVED"
        case .agentRestarted: "REASON_AGENT_RESTARTED"
        case .agentUnknown: "REASON_AGENT_UNKNOWN"
        case .taskInvalid: "REASON_TASK_INVALID"
        case .taskUnauthorized: "REASON_TASK_UNAUTHORIZED"
        case .taskUnknown: "REASON_TASK_UNKNOWN"
        case .containerPreempted: "REASON_CONTAINER_PREEMPTED"
        case .resourcesUnknown: "REASON_RESOURCES_UNKNOWN"
        case .containerLimitation: "REASON_CONTAINER_LIMITATION"
        case .containerLimitationDisk: "REASON_CONTAINER_LIMITATION_DISK"
        case .containerLaunchFailed: "REASON_CONTAINER_LAUNCH_FAILED"
        case .containerUpdateFailed: "REASON_CONTAINER_UPDATE_FAILED"
        case .executorRegistrationTimeout: "REASON_EXECUTOR_REGISTRATION_TIMEOUT"
        case .executorReregistrationTimeout: "REASON_EXECUTOR_REREGISTRATION_TIMEOUT"
        case .taskGroupInvalid: "REASON_TASK_GROUP_INVALID"
        case .taskGroupUnauthorized: "REASON_TASK_GROUP_UNAUTHORIZED"
        case .ioSwitchboardExited: "REASON_IO_SWITCHBOARD_EXITED"
        case .taskCheckStatusUpdated: "REASON_TASK_CHECK_STATUS_UPDATED"
        case .taskHealthCheckStatusUpdated: "REASON_TASK_HEALTH_CHECK_STATUS_UPDATED"
        case .taskKilledDuringLaunch: "REASON_TASK_KILLED_DURING_LAUNCH"
        case .agentRemovedByOperator: "REASON_AGENT_REMOVED_BY_OPERATOR"
        case .agentReregistered: "REASON_AGENT_REREGISTERED"
        case .maxCompletionTimeReached: "REASON_MAX_COMPLETION_TIME_REACHED"
        case .agentDraining: "REASON_AGENT_DRAINING"
        }
    }
}
