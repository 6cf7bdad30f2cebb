import Domain
import Scheduling
import SwiftProtobuf
import Testing

@testable import MesosWire

/// What goes out, beside the text form written by hand after Mesos's own .proto files.
struct CallEncoderTests {
    private let encoder = CallEncoder(
        for: FrameworkDescription(
            name: "pacer",
            user: "nobody",
            principal: "gitops",
            failoverTimeout: .seconds(604_800),
            hostname: "pacer.example",
            webUI: "http://pacer.example:8080"
        )
    )
    private let id = FrameworkID("F-0001")

    private func text(_ bytes: [UInt8]) throws -> String { try WireCall(serializedBytes: bytes).textFormatString() }

    @Test func `the first SUBSCRIBE has no framework id`() throws {
        #expect(
            try text(encoder.subscribe(as: nil, RoleWishes(roles: ["shop"]))) == """
                type: SUBSCRIBE
                subscribe {
                  framework_info {
                    user: "nobody"
                    name: "pacer"
                    failover_timeout: 604800.0
                    checkpoint: true
                    hostname: "pacer.example"
                    principal: "gitops"
                    webui_url: "http://pacer.example:8080"
                    capabilities {
                      type: PARTITION_AWARE
                    }
                    capabilities {
                      type: TASK_KILLING_STATE
                    }
                    capabilities {
                      type: MULTI_ROLE
                    }
                    capabilities {
                      type: RESERVATION_REFINEMENT
                    }
                    capabilities {
                      type: GPU_RESOURCES
                    }
                    capabilities {
                      type: REGION_AWARE
                    }
                    roles: "shop"
                  }
                }

                """
        )
    }

    @Test func `a later SUBSCRIBE has the id twice, and the roles that stay quiet`() throws {
        let quiet = CallEncoder(
            for: FrameworkDescription(name: "p", user: "u", failoverTimeout: Milliseconds(1500))
        )
        #expect(
            try text(quiet.subscribe(as: id, RoleWishes(roles: ["a", "b/c"], suppressed: ["b/c"]))) == """
                framework_id {
                  value: "F-0001"
                }
                type: SUBSCRIBE
                subscribe {
                  framework_info {
                    user: "u"
                    name: "p"
                    id {
                      value: "F-0001"
                    }
                    failover_timeout: 1.5
                    checkpoint: true
                    capabilities {
                      type: PARTITION_AWARE
                    }
                    capabilities {
                      type: TASK_KILLING_STATE
                    }
                    capabilities {
                      type: MULTI_ROLE
                    }
                    capabilities {
                      type: RESERVATION_REFINEMENT
                    }
                    capabilities {
                      type: GPU_RESOURCES
                    }
                    capabilities {
                      type: REGION_AWARE
                    }
                    roles: "a"
                    roles: "b/c"
                  }
                  suppressed_roles: "b/c"
                }

                """
        )
    }

    @Test(
        arguments: [
            (.revive(["a", "b"]), "type: REVIVE\nrevive {\n  roles: \"a\"\n  roles: \"b\"\n}\n"),
            (.suppress(["a"]), "type: SUPPRESS\nsuppress {\n  roles: \"a\"\n}\n"),
            (
                .decline([OfferID("O1"), OfferID("O2")], refuse: .minutes(2)),
                """
                type: DECLINE
                decline {
                  offer_ids {
                    value: "O1"
                  }
                  offer_ids {
                    value: "O2"
                  }
                  filters {
                    refuse_seconds: 120.0
                  }
                }

                """
            ), (.reconcile([]), "type: RECONCILE\nreconcile {\n}\n"),
            (
                .reconcile([
                    TaskQuestion(task: TaskID("t1"), agent: AgentID("S1")),
                    TaskQuestion(task: TaskID("t2"), agent: nil),
                ]),
                """
                type: RECONCILE
                reconcile {
                  tasks {
                    task_id {
                      value: "t1"
                    }
                    agent_id {
                      value: "S1"
                    }
                  }
                  tasks {
                    task_id {
                      value: "t2"
                    }
                  }
                }

                """
            ),
            (
                .acceptInverseOffers([OfferID("O9")], refuse: .seconds(3600)),
                """
                type: ACCEPT_INVERSE_OFFERS
                accept_inverse_offers {
                  inverse_offer_ids {
                    value: "O9"
                  }
                  filters {
                    refuse_seconds: 3600.0
                  }
                }

                """
            ),
        ] as [(FreeCall, String)]
    )
    func `a free call is what Mesos expects`(call: FreeCall, expected: String) throws {
        #expect(
            try text(encoder.encode(call, of: id)) == "framework_id {\n  value: \"F-0001\"\n}\n" + expected
        )
    }

    @Test(
        arguments: [
            (
                .kill(TaskID("t1"), AgentID("S1")),
                "type: KILL\nkill {\n  task_id {\n    value: \"t1\"\n  }\n  agent_id {\n    value: \"S1\"\n  }\n}\n"
            ), (.kill(TaskID("t1"), nil), "type: KILL\nkill {\n  task_id {\n    value: \"t1\"\n  }\n}\n"),
            (
                .acknowledge(TaskID("t1"), AgentID("S1"), uuid: [0, 1, 65]),
                """
                type: ACKNOWLEDGE
                acknowledge {
                  agent_id {
                    value: "S1"
                  }
                  task_id {
                    value: "t1"
                  }
                  uuid: "\\000\\001A"
                }

                """
            ),
            (
                .accept([OfferID("O1")], operations, refuse: .zero), operationsText
            ),
            (
                .accept([OfferID("O1")], [], refuse: .zero),
                """
                type: ACCEPT
                accept {
                  offer_ids {
                    value: "O1"
                  }
                  filters {
                    refuse_seconds: 0.0
                  }
                }

                """
            ),
        ] as [(GatedCall, String)]
    )
    func `a gated call is what Mesos expects`(call: GatedCall, expected: String) throws {
        #expect(
            try text(encoder.encode(call, of: id)) == "framework_id {\n  value: \"F-0001\"\n}\n" + expected
        )
    }

    @Test func `an update says everything again, with the constraints on offers`() throws {
        let small = CallEncoder(for: FrameworkDescription(name: "p", user: "u", failoverTimeout: .seconds(1)))
        let constraints = RoleConstraints(groups: [
            [
                AttributeConstraint(.attribute("rack"), .textEquals("a")),
                AttributeConstraint(.hostname, .textNotMatches("h.*")),
            ], [AttributeConstraint(.region, .notExists), AttributeConstraint(.zone, .exists)],
        ])
        let wishes = RoleWishes(roles: ["a", "b"], suppressed: ["b"], constraints: ["a": constraints])
        let call = try WireCall(serializedBytes: small.encode(.updateFramework(wishes), of: id))
        let subscribe = try WireCall(serializedBytes: small.subscribe(as: id, wishes))
        #expect(call.type == .updateFramework)
        #expect(call.updateFramework.frameworkInfo == subscribe.subscribe.frameworkInfo)
        #expect(call.updateFramework.frameworkInfo.roles == ["a", "b"])
        #expect(call.updateFramework.suppressedRoles == ["b"])
        #expect(call.updateFramework.offerConstraints == subscribe.subscribe.offerConstraints)
        #expect(
            call.updateFramework.offerConstraints.textFormatString() == """
                role_constraints {
                  key: "a"
                  value {
                    groups {
                      attribute_constraints {
                        selector {
                          attribute_name: "rack"
                        }
                        predicate {
                          text_equals {
                            value: "a"
                          }
                        }
                      }
                      attribute_constraints {
                        selector {
                          pseudoattribute_type: HOSTNAME
                        }
                        predicate {
                          text_not_matches {
                            regex: "h.*"
                          }
                        }
                      }
                    }
                    groups {
                      attribute_constraints {
                        selector {
                          pseudoattribute_type: REGION
                        }
                        predicate {
                          not_exists {
                          }
                        }
                      }
                      attribute_constraints {
                        selector {
                          pseudoattribute_type: ZONE
                        }
                        predicate {
                          exists {
                          }
                        }
                      }
                    }
                  }
                }

                """
        )
    }

    /// Field numbers are what the wire is made of: these bytes are put together by hand from Mesos's .proto files.
    @Test func `the bytes on the wire are Mesos's`() throws {
        let framework: [UInt8] = [0x0A, 0x08, 0x0A, 0x06] + Array("F-0001".utf8)
        #expect(try encoder.encode(.revive(["a"]), of: id) == framework + [0x10, 5, 0x7A, 3, 0x0A, 1, 97])
        #expect(try encoder.encode(.suppress(["a"]), of: id) == framework + [0x10, 12, 0x82, 1, 3, 0x0A, 1, 97])
        let bare = CallEncoder(for: FrameworkDescription(name: "", user: "", failoverTimeout: .zero))
        let rack = RoleConstraints(groups: [[AttributeConstraint(.attribute("r"), .textEquals("a"))]])
        let update = try bare.encode(
            .updateFramework(RoleWishes(roles: [], suppressed: ["s"], constraints: ["x": rack])),
            of: id
        )
        // update_framework is 19; behind the FrameworkInfo are suppressed_roles (2) and offer_constraints (3).
        let tail: [UInt8] = [
            0x12, 1, 115, 0x1A, 23, 0x0A, 21, 0x0A, 1, 120, 0x12, 16, 0x0A, 14, 0x0A, 12, 0x0A, 3, 0x12, 1, 114, 0x12,
            5, 0x1A, 3,
            0x0A, 1, 97,
        ]
        #expect(update.starts(with: framework + [0x10, 17, 0x9A, 1]))
        #expect(Array(update.suffix(tail.count)) == tail)
        #expect(try encoder.encode(.reconcile([]), of: id) == framework + [0x10, 9, 0x4A, 0])
        #expect(
            try encoder.encode(.kill(TaskID("t"), AgentID("S")), of: id)
                == framework + [0x10, 6, 0x32, 10, 0x0A, 3, 0x0A, 1, 116, 0x12, 3, 0x0A, 1, 83]
        )
        #expect(
            try encoder.encode(.acknowledge(TaskID("t"), AgentID("S"), uuid: [9]), of: id)
                == framework + [0x10, 8, 0x42, 13, 0x0A, 3, 0x0A, 1, 83, 0x12, 3, 0x0A, 1, 116, 0x1A, 1, 9]
        )
    }
}

private let reservedDisk = MesosResource(
    name: "disk",
    value: .scalar(64_000),
    reservations: [.init(role: "shop", isDynamic: true, principal: "gitops", labels: [Label(key: "k", value: "v")])],
    disk: MesosResource.Disk(source: .mount(root: "/m"))
)

private let volume: MesosResource = {
    var volume = reservedDisk
    volume.disk?.volume = .init(id: "db.1-1#0", principal: "gitops", containerPath: "data")
    return volume
}()

/// The life of a volume, step by step.
private let operations: [OfferOperation] = [
    .reserve([reservedDisk]), .create([volume]), .destroy([volume]), .unreserve([reservedDisk]),
]

private let operationsText = """
    type: ACCEPT
    accept {
      offer_ids {
        value: "O1"
      }
      operations {
        type: RESERVE
        reserve {
          resources {
            name: "disk"
            type: SCALAR
            scalar {
              value: 64.0
            }
            disk {
              source {
                type: MOUNT
                mount {
                  root: "/m"
                }
              }
            }
            reservations {
              principal: "gitops"
              labels {
                labels {
                  key: "k"
                  value: "v"
                }
              }
              role: "shop"
              type: DYNAMIC
            }
          }
        }
      }
      operations {
        type: CREATE
        create {
          volumes {
            name: "disk"
            type: SCALAR
            scalar {
              value: 64.0
            }
            disk {
              persistence {
                id: "db.1-1#0"
                principal: "gitops"
              }
              volume {
                container_path: "data"
                mode: RW
              }
              source {
                type: MOUNT
                mount {
                  root: "/m"
                }
              }
            }
            reservations {
              principal: "gitops"
              labels {
                labels {
                  key: "k"
                  value: "v"
                }
              }
              role: "shop"
              type: DYNAMIC
            }
          }
        }
      }
      operations {
        type: DESTROY
        destroy {
          volumes {
            name: "disk"
            type: SCALAR
            scalar {
              value: 64.0
            }
            disk {
              persistence {
                id: "db.1-1#0"
                principal: "gitops"
              }
              volume {
                container_path: "data"
                mode: RW
              }
              source {
                type: MOUNT
                mount {
                  root: "/m"
                }
              }
            }
            reservations {
              principal: "gitops"
              labels {
                labels {
                  key: "k"
                  value: "v"
                }
              }
              role: "shop"
              type: DYNAMIC
            }
          }
        }
      }
      operations {
        type: UNRESERVE
        unreserve {
          resources {
            name: "disk"
            type: SCALAR
            scalar {
              value: 64.0
            }
            disk {
              source {
                type: MOUNT
                mount {
                  root: "/m"
                }
              }
            }
            reservations {
              principal: "gitops"
              labels {
                labels {
                  key: "k"
                  value: "v"
                }
              }
              role: "shop"
              type: DYNAMIC
            }
          }
        }
      }
      filters {
        refuse_seconds: 0.0
      }
    }

    """
