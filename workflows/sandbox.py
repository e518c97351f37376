"""The sandbox that stories run in, entered only when a story goes on."""

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import StorageDriverStoreContext, WorkflowSerializationContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner
from temporalio.workflow import Info


class Sandbox(SandboxedWorkflowRunner):
    """Temporal's sandbox, without a visit to it for every payload that is sealed or opened."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """One workflow in its sandbox."""
        return _OneMobility(super().create_instance(det), det.info)


class _OneMobility(WorkflowInstance):
    """Says from outside whose payloads they are.

    Temporal asks a workflow about every single payload, several times each, because one may belong
    to another workflow. Whatever a mobility sends or gets is its own. What a matchmaking event says
    to mobilities is sealed with the shared key, which all of them open: it names offers only.
    """

    def __init__(self, inside: WorkflowInstance, info: Info) -> None:
        self._inside = inside
        self._whose = WorkflowSerializationContext(
            namespace=info.namespace, workflow_id=info.workflow_id
        )

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        """Go on with the story, in the sandbox."""
        return self._inside.activate(act)

    def get_serialization_context(self, command_info: object) -> WorkflowSerializationContext:
        """Every payload is the mobility's own."""
        del command_info
        return self._whose

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:
        """No payload is kept elsewhere."""
        del command_info
        return StorageDriverStoreContext()

    def get_info(self) -> Info:
        """What Temporal tells about the workflow."""
        return self._inside.get_info()

    def get_thread_id(self) -> int | None:
        """The thread in which the story is going on, if it is."""
        return self._inside.get_thread_id()
