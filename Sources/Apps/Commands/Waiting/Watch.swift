import WebAPI

/// Watches apps until there is nothing more to wait for.
struct Watch {
    var client: ControllerClient
    var goal: WatchGoal
    var limit: Duration
    var interval: Duration = .milliseconds(300)

    /// Waits, and shows meanwhile how far it is.
    /// - Throws: `Failure` where the controller cannot be asked; one that is away for a moment is waited for.
    func result(on board: ProgressBoard) async throws -> WatchResult {
        let start = ContinuousClock.now
        while true {
            let isOver = ContinuousClock.now - start >= limit
            let status: StatusDocument
            do {
                status = try await client.status()
            } catch let failure as Failure where failure.isPassing && !isOver {
                // A controller that is restarted or hands over its work is back in a moment.
                board.show("\(failure.message); trying again")
                try await Task.sleep(for: interval)
                continue
            } catch {
                board.clear()
                throw error
            }
            let result = WatchResult(status, for: goal)
            if isOver || (result.pending.isEmpty && goal.hasArrived(status)) {
                board.clear()
                return result
            }
            board.show(result)
            try await Task.sleep(for: interval)
        }
    }
}
