import Domain
import Planning
import Rollout
import Scheduling

/// Where a plan's new tasks would find places, by the scheduler's own matcher.
extension Engine {
    /// The plan with a placement for each change that starts tasks, and a warning for each app whose instances cannot all run,
    /// whatever else runs.
    func forecast(_ plan: Plan) -> Plan {
        var plan = plan
        let indices = plan.changes.indices.filter { isPlaced(plan.changes[$0]) }
        let questions = indices.compactMap { index -> PlacementForecast.Question? in
            let change = plan.changes[index]
            guard let spec = change.desired else { return nil }
            let inForce = rollouts.record(of: change.app)?.inForce(spec) ?? spec
            let isBeside = rollouts.keepsAll(of: change.app, until: inForce)
            return PlacementForecast.Question(spec: inForce, starts: change.tasks.start, isBeside: isBeside)
        }
        for ((index, question), forecast) in zip(zip(indices, questions), scheduler.forecast(questions)) {
            guard let forecast else { continue }
            plan.changes[index].placement = Change.Placement(
                agents: forecast.agents,
                fits: forecast.fits,
                missing: forecast.missing?.agentSentence
            )
            if let reason = forecast.crowded?.agentSentence {
                plan.problems.append(
                    PlanProblem.hasNoRoom(question.spec, file: plan.changes[index].file, reason: reason)
                )
            }
            guard let reason = forecast.impossible?.agentSentence else { continue }
            plan.problems.append(
                PlanProblem.neverFits(
                    question.spec,
                    file: plan.changes[index].file,
                    most: forecast.most,
                    agents: forecast.agents,
                    reason: reason
                )
            )
        }
        plan.problems.sort()
        return plan
    }

    /// Whether a change's tasks look for places: those of resident apps stay where their data is.
    private func isPlaced(_ change: Change) -> Bool {
        guard change.tasks.start > 0, let spec = change.desired else { return false }
        return !spec.app.isResident || change.action == .create
    }
}
