"""What is found by place, however far apart things lie."""

from cnnbuilder.app.canvas.places import Places, Ways


def test_an_area_of_any_size_is_looked_through_at_once() -> None:
    places: Places[str] = Places()
    places.put("near", (0, 0, 150, 200))
    places.put("far", (9e6, 9e6, 9e6 + 150, 9e6 + 200))
    ways: Ways[str] = Ways()
    ways.put("way", [(0, 0), (4e6, 0), (4e6, 3e6)])
    everywhere = (-1e9, -1e9, 1e9, 1e9)
    assert len(places.meeting(everywhere)) == 2
    assert places.meeting((1e6, 1e6, 1e9, 1e9)) == [(9e6, 9e6, 9e6 + 150, 9e6 + 200)]
    assert places.meeting((140, 190, 160, 260)) == [(0, 0, 150, 200)]
    assert len(ways.near(everywhere)) == 2
