import Domain
import Planning
import Rollout

/// One thing that happened in a run; put into words only when somebody reads it.
enum Trace {
    case crash
    case deploy(Int, [Change])
    case effect(RolloutEffect)
    case moved(Instance)
    case ordered(RolloutAnswer, RolloutVerb)

    /// What kind of thing it was, for counting what the runs have met.
    var kind: String {
        switch self {
        case .crash: "crash"
        case .deploy: "deploy"
        case .effect(let effect): effect.kind
        case .ordered(let answer, let verb): answer.isDone ? "\(verb.rawValue) done" : "\(verb.rawValue) refused"
        case .moved(let instance):
            instance.task?.healthy == false ? "check fails" : "moved \(instance.condition.rawValue)"
        }
    }
}

extension RolloutEffect {
    fileprivate var kind: String {
        switch self {
        case .start: "start"
        case .stop: "stop"
        case .adopt: "adopt"
        case .relaunch: "relaunch"
        case .removed: "removed"
        case .changed(let record) where record.rollout?.hindrance == .turn:
            "changed \(record.rollout?.phase.rawValue ?? "settled") without a turn"
        case .changed(let record): "changed \(record.rollout?.phase.rawValue ?? "settled")"
        case .note(.began(_, _, let action)): "began \(action.rawValue)"
        case .note(.superseded): "superseded"
        case .note(.waiting): "waiting"
        case .note(.finished): "finished"
        case .note(.promoted): "promoted"
        case .note(.paused): "paused"
        case .note(.rolledBack): "rolled back"
        case .note(.ordered): "ordered"
        case .note(.expired): "expired"
        case .note(.scaled): "scaled"
        case .note(.brake): "brake"
        }
    }
}
