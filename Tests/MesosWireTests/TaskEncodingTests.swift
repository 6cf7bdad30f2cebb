import Domain
import Scheduling
import SwiftProtobuf
import Testing

@testable import MesosWire

/// A task as Mesos gets it, beside the text form written by hand after Marathon's rules.
struct TaskEncodingTests {
    private func task(
        _ command: TaskDescription.Command,
        resources: [MesosResource] = [],
        check: TaskDescription.Check? = nil
    ) -> TaskDescription {
        TaskDescription(
            name: "web.shop",
            id: TaskID("shop_web.1-7"),
            agent: AgentID("S0"),
            resources: resources,
            command: command,
            user: nil,
            environment: [],
            fetch: [],
            labels: [],
            ports: [],
            check: check,
            killGracePeriod: nil
        )
    }

    @Test func `a task with everything`() throws {
        var task = task(
            .shell("serve $PORT0"),
            resources: [
                MesosResource(name: "cpus", value: .scalar(100), allocationRole: "shop"),
                MesosResource(
                    name: "mem",
                    value: .scalar(128_000),
                    allocationRole: "shop",
                    reservations: [
                        .init(role: "shop", isDynamic: false, principal: nil),
                        .init(
                            role: "shop/web",
                            isDynamic: true,
                            principal: "gitops",
                            labels: [Label(key: "k", value: nil)]
                        ),
                    ]
                ),
                MesosResource(name: "ports", value: .ranges([31000...31001, 31005...31005]), allocationRole: "shop"),
                MesosResource(name: "licences", value: .set(["a"]), allocationRole: "shop"),
            ],
            check: .init(
                probe: .http(port: 31000, path: "/health", scheme: "http"),
                delay: .seconds(15),
                interval: .seconds(60),
                timeout: .seconds(20),
                gracePeriod: .seconds(300),
                consecutiveFailures: 3,
                ipv6: false
            )
        )
        task.user = "www"
        task.environment = [Label(key: "PORT0", value: "31000"), Label(key: "EMPTY", value: nil)]
        task.labels = [Label(key: "team", value: "shop"), Label(key: "flag", value: nil)]
        task.fetch = [FetchURI(uri: "http://files.example/a.tgz", destPath: "a"), FetchURI(uri: "f", extract: false)]
        task.ports = [
            .init(number: 31000, name: "http", transport: "tcp", labels: [Label(key: "VIP_0", value: "/web:80")]),
            .init(number: 31001, name: nil, transport: "udp", labels: []),
        ]
        task.killGracePeriod = .seconds(10)
        #expect(WireTaskInfo(task).textFormatString() == wholeTask)
    }

    @Test func `a program is its own first argument`() {
        let command = WireTaskInfo(task(.program(["/bin/sleep", "1000"]))).command
        #expect(
            command.textFormatString() == """
                value: "/bin/sleep"
                shell: false
                arguments: "/bin/sleep"
                arguments: "1000"

                """
        )
    }

    @Test(
        arguments: [
            (
                .tcp(port: 31000),
                """
                delay_seconds: 0.5
                interval_seconds: 1.0
                timeout_seconds: 2.0
                consecutive_failures: 0
                grace_period_seconds: 0.0
                type: TCP
                tcp {
                  port: 31000
                  protocol: IPv6
                }

                """
            ),
            (
                .command("test -e ok"),
                """
                delay_seconds: 0.5
                interval_seconds: 1.0
                timeout_seconds: 2.0
                consecutive_failures: 0
                grace_period_seconds: 0.0
                command {
                  value: "test -e ok"
                  shell: true
                }
                type: COMMAND

                """
            ),
        ] as [(TaskDescription.Check.Probe, String)]
    )
    func `checks`(probe: TaskDescription.Check.Probe, expected: String) {
        let check = TaskDescription.Check(
            probe: probe,
            delay: Milliseconds(500),
            interval: .seconds(1),
            timeout: .seconds(2),
            gracePeriod: .zero,
            consecutiveFailures: 0,
            ipv6: true
        )
        #expect(WireHealthCheck(check).textFormatString() == expected)
    }

    @Test func `a special resource is never sent`() async {
        await #expect(processExitsWith: .failure) {
            _ = WireResource(MesosResource(name: "disk", value: .scalar(1), isSpecial: true))
        }
    }
}

private let wholeTask = """
    name: "web.shop"
    task_id {
      value: "shop_web.1-7"
    }
    agent_id {
      value: "S0"
    }
    resources {
      name: "cpus"
      type: SCALAR
      scalar {
        value: 0.1
      }
      allocation_info {
        role: "shop"
      }
    }
    resources {
      name: "mem"
      type: SCALAR
      scalar {
        value: 128.0
      }
      allocation_info {
        role: "shop"
      }
      reservations {
        role: "shop"
        type: STATIC
      }
      reservations {
        principal: "gitops"
        labels {
          labels {
            key: "k"
          }
        }
        role: "shop/web"
        type: DYNAMIC
      }
    }
    resources {
      name: "ports"
      type: RANGES
      ranges {
        range {
          begin: 31000
          end: 31001
        }
        range {
          begin: 31005
          end: 31005
        }
      }
      allocation_info {
        role: "shop"
      }
    }
    resources {
      name: "licences"
      type: SET
      set {
        item: "a"
      }
      allocation_info {
        role: "shop"
      }
    }
    command {
      uris {
        value: "http://files.example/a.tgz"
        executable: false
        extract: true
        cache: false
        output_file: "a"
      }
      uris {
        value: "f"
        executable: false
        extract: false
        cache: false
      }
      environment {
        variables {
          name: "PORT0"
          value: "31000"
        }
        variables {
          name: "EMPTY"
          value: ""
        }
      }
      value: "serve $PORT0"
      user: "www"
      shell: true
    }
    health_check {
      http {
        port: 31000
        path: "/health"
        scheme: "http"
        protocol: IPv4
      }
      delay_seconds: 15.0
      interval_seconds: 60.0
      timeout_seconds: 20.0
      consecutive_failures: 3
      grace_period_seconds: 300.0
      type: HTTP
    }
    labels {
      labels {
        key: "team"
        value: "shop"
      }
      labels {
        key: "flag"
      }
    }
    discovery {
      visibility: FRAMEWORK
      name: "web.shop"
      ports {
        ports {
          number: 31000
          name: "http"
          protocol: "tcp"
          labels {
            labels {
              key: "VIP_0"
              value: "/web:80"
            }
          }
        }
        ports {
          number: 31001
          protocol: "udp"
        }
      }
    }
    kill_policy {
      grace_period {
        nanoseconds: 10000000000
      }
    }

    """
