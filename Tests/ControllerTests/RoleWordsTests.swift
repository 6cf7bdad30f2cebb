import Boundary
import Domain
import OrderedCollections
import Scheduling
import Testing

@testable import Controller

/// What a reader is told of an app that waits for offers of its role.
@Suite struct RoleWordsTests {
    private func report(
        offers: Int,
        _ reasons: [Refusal: Int] = [:],
        role: String,
        refusal: String? = nil
    ) -> RefusalReport {
        RefusalReport(
            since: Instant(milliseconds: 0),
            offers: offers,
            reasons: reasons,
            asked: .zero,
            best: .zero,
            role: role,
            roleRefusal: refusal
        )
    }

    @Test func `an app without offers is told for which role none came, or why Mesos refuses it`() {
        #expect(report(offers: 0, role: "*").sentence == "no offer has come yet")
        #expect(report(offers: 0, role: "batch").words == "no offer for the role batch has come yet")
        #expect(
            report(offers: 0, role: "batch", refusal: "Not authorized").sentence
                == "Mesos does not let the framework have the role batch: Not authorized"
        )
    }

    @Test func `agents in another region are told with the way to use them`() {
        let remote = report(offers: 3, [.otherRegion: 2], role: "*")
        #expect(remote.words == "agents in another region")
        #expect(
            remote.sentence == "2 of 3 offers are of agents in another region than the masters "
                + "(a constraint on @region lets the app go there)"
        )
    }

    @Test func `roles that Mesos refuses are in the journal`() {
        let entry = JournalEntry(.updateRefused(roles: ["a", "b"], "no"), at: Instant(milliseconds: 0))
        #expect(entry?.type == "mesos.update_refused")
        #expect(entry?.facts == ["roles": "a b", "reason": "no"])
    }
}
