import Testing

@testable import ZooKeeperStore

@Suite struct ElectionTests {
    struct Row: CustomTestStringConvertible {
        let story: String
        let names: [String]
        let standing: Election.Standing
        var surplus: [String] = []
        var testDescription: String { story }
    }

    @Test(arguments: [
        Row(story: "nobody stands", names: [], standing: .absent),
        Row(story: "only others stand", names: ["aa-0000000001"], standing: .absent),
        Row(story: "alone", names: ["me-0000000004"], standing: .leads(own: "me-0000000004")),
        Row(
            story: "the lowest number leads, whatever the token",
            names: ["zz-0000000009", "me-0000000002", "aa-0000000010"],
            standing: .leads(own: "me-0000000002")
        ),
        Row(
            story: "second of two",
            names: ["me-0000000010", "zz-0000000009"],
            standing: .follows(own: "me-0000000010", predecessor: "zz-0000000009", leader: "zz-0000000009")
        ),
        Row(
            story: "the nearest before is watched, the first leads",
            names: ["bb-0000000011", "me-0000000012", "aa-0000000013", "cc-0000000003"],
            standing: .follows(own: "me-0000000012", predecessor: "bb-0000000011", leader: "cc-0000000003")
        ),
        Row(
            story: "the creation succeeded though its answer was lost, and was repeated: the first counts",
            names: ["me-0000000008", "aa-0000000006", "me-0000000005"],
            standing: .leads(own: "me-0000000005"),
            surplus: ["me-0000000008"]
        ),
        Row(
            story: "nobody waits for a znode of its own",
            names: ["me-0000000008", "aa-0000000004", "me-0000000005", "me-0000000009"],
            standing: .follows(own: "me-0000000005", predecessor: "aa-0000000004", leader: "aa-0000000004"),
            surplus: ["me-0000000008", "me-0000000009"]
        ),
        Row(
            story: "names of another form do not take part",
            names: ["lock", "0000000001", "-0000000001", "me-1", "me-0000000007", "aa-00000000x1", "aa_0000000001"],
            standing: .leads(own: "me-0000000007")
        ),
        Row(
            story: "a token that ends like another is another",
            names: ["some-0000000001", "me-0000000002"],
            standing: .follows(own: "me-0000000002", predecessor: "some-0000000001", leader: "some-0000000001")
        ),
    ])
    func `the place in the queue decides`(_ row: Row) {
        let (standing, surplus) = Election.standing(of: "me", among: row.names)
        #expect(standing == row.standing)
        #expect(surplus == row.surplus)
    }

    @Test(arguments: UInt64(0)..<50)
    func `of any queue exactly one leads, and the others wait in one line`(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let numbers = Array(Set((0..<8).map { _ in Int.random(in: 0...999, using: &random) }))
        let names = numbers.enumerated().map { "t\($0.offset)-\(ZNodeName.padded($0.element))" }
        let standings = numbers.indices.map { Election.standing(of: "t\($0)", among: names.shuffled()).standing }
        var leaders: [String] = []
        var awaited: [String] = []
        for standing in standings {
            switch standing {
            case .leads(let own): leaders.append(own)
            case .follows(_, let predecessor, _): awaited.append(predecessor)
            case .absent: Issue.record("a candidate does not find itself")
            }
        }
        #expect(leaders.count == 1)
        #expect(Set(awaited).count == awaited.count, "two candidates wait for the same one")
        #expect(Election.leader(among: names) == leaders.first)
    }
}

@Suite struct MasterGroupTests {
    @Test(
        arguments: [
            (["json.info_0000000007", "json.info_0000000003", "log_replicas"], "json.info_0000000003"),
            (["json.info_0000000012", "info_0000000003"], "info_0000000003"),
            (["0000000009", "json.info_0000000010"], "0000000009"),
            (["log_replicas", "log_"], nil),
            ([], nil),
        ] as [([String], String?)]
    )
    func `the smallest number leads, over all labels`(_ names: [String], _ leader: String?) {
        #expect(MasterGroup.leader(among: names) == leader)
    }

    @Test func `an announcement tells host, address and version`() throws {
        let json = """
            {"address":{"hostname":"m1","ip":"10.0.0.5","port":5050},"capabilities":[{"type":"AGENT_UPDATE"}],\
            "hostname":"m1","id":"x","ip":83886090,"pid":"master@10.0.0.5:5050","port":5050,"version":"1.11.0"}
            """
        let master = try MasterGroup.master(named: "json.info_0000000001", value: Array(json.utf8))
        #expect(master == MesosMaster(host: "m1", ip: "10.0.0.5", port: 5050, version: "1.11.0"))
    }

    @Test func `without an address the pid tells`() throws {
        let json = #"{"hostname":"m2","ip":1,"port":5051,"pid":"master@10.0.0.6:5051"}"#
        let master = try MasterGroup.master(named: "json.info_0000000001", value: Array(json.utf8))
        #expect(master == MesosMaster(host: "m2", ip: "10.0.0.6", port: 5051, version: nil))
    }

    @Test(arguments: [
        ("info_0000000001", "{}", "older than Mesos 0.24"),
        ("json.info_0000000001", "{}", "neither an address nor a pid"),
        ("json.info_0000000001", #"{"pid":"master:5050"}"#, "neither an address nor a pid"),
        ("json.info_0000000001", "\u{0}\u{1}", "not the JSON that Mesos writes"),
    ])
    func `an announcement of no use says why`(_ name: String, _ value: String, _ reason: String) {
        let error = #expect(throws: MasterGroup.Unusable.self) {
            try MasterGroup.master(named: name, value: Array(value.utf8))
        }
        #expect(error?.reason.contains(reason) == true)
    }
}
