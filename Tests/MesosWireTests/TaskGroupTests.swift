import Domain
import Scheduling
import SwiftProtobuf
import Testing

@testable import MesosWire

/// A task group as Mesos gets it, beside the text form written by hand after its protocol.
struct TaskGroupTests {
    private func task(_ container: String) -> TaskDescription {
        TaskDescription(
            name: container,
            id: TaskID("shop.1-7.\(container)"),
            agent: AgentID("S0"),
            resources: [MesosResource(name: "cpus", value: .scalar(100), allocationRole: "*")],
            command: .shell("run"),
            user: nil,
            environment: [],
            fetch: [],
            labels: [],
            ports: [],
            check: nil,
            container: ContainerDescription(
                engine: .mesos,
                volumes: [.init(path: "in", source: .parentSandbox(path: "volumes/data"))]
            ),
            killGracePeriod: nil,
            discoveryName: "shop"
        )
    }

    private func operation(_ tasks: [TaskDescription]) -> OfferOperation {
        let executor = ExecutorDescription(
            id: "instance-shop.1-7",
            resources: [MesosResource(name: "mem", value: .scalar(32_000), allocationRole: "*")],
            labels: [Label(key: "tier", value: "front")]
        )
        return .launchGroup(executor, tasks)
    }

    private static let groupText = """
        type: LAUNCH_GROUP
        launch_group {
          executor {
            executor_id {
              value: "instance-shop.1-7"
            }
            resources {
              name: "mem"
              type: SCALAR
              scalar {
                value: 32.0
              }
              allocation_info {
                role: "*"
              }
            }
            framework_id {
              value: "F"
            }
            labels {
              labels {
                key: "tier"
                value: "front"
              }
            }
            type: DEFAULT
          }
          task_group {
            tasks {
              name: "web"
              task_id {
                value: "shop.1-7.web"
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
                  role: "*"
                }
              }
              command {
                value: "run"
                shell: true
              }
              container {
                type: MESOS
                volumes {
                  container_path: "in"
                  mode: RW
                  source {
                    type: SANDBOX_PATH
                    sandbox_path {
                      type: PARENT
                      path: "volumes/data"
                    }
                  }
                }
              }
              discovery {
                visibility: FRAMEWORK
                name: "shop"
                ports {
                }
              }
            }
          }
        }

        """

    @Test func `a group has Mesos's default executor with the framework's id, and its tasks`() {
        let wire = WireOffer.Operation(operation([task("web")]), of: FrameworkID("F"))
        #expect(wire.textFormatString() == TaskGroupTests.groupText)
    }

    @Test func `every task of a group is in it, in order`() {
        let wire = WireOffer.Operation(operation([task("log"), task("web")]), of: FrameworkID("F"))
        #expect(wire.launchGroup.taskGroup.tasks.map(\.name) == ["log", "web"])
        #expect(!wire.hasLaunch)
    }

    @Test func `a check by a program has all of its words`() {
        let check = TaskDescription.Check(
            probe: .program(["test", "-e", "ok"]),
            delay: .zero,
            interval: .zero,
            timeout: .zero,
            gracePeriod: .zero,
            consecutiveFailures: 1,
            ipv6: false
        )
        let command = WireHealthCheck(check).command
        #expect(!command.shell && command.value == "test" && command.arguments == ["test", "-e", "ok"])
    }
}
