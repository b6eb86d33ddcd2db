"""An app that only the tests' site has."""

#: What is noted of a parcel that was found.
ANSWER = "الطرد في الطريق"
