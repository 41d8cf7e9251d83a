"""ValueCodes: numbers in the place of an attribute's values, for arrays."""

from roadstead.ecs.records.container_instance import ContainerInstance


class ValueCodes:
    """A number for each value that an attribute has in a cluster; 0 for instances without it."""

    __slots__ = ("_codes", "name")

    def __init__(self, name: str) -> None:
        self.name = name
        self._codes: dict[str | None, int] = {}

    def __len__(self) -> int:
        return len(self._codes) + 1

    def code_of(self, instance: ContainerInstance) -> int:
        """The number of the instance's value; an attribute without a value is a value too."""
        for attributes in (instance.attributes, instance.custom_attributes):
            if self.name in attributes:
                return self._codes.setdefault(attributes[self.name], len(self._codes) + 1)
        return 0
